package io.boomerang.sim.replay;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/// Ethernet frames for tests; checksums are zero. Addresses are the last byte of 10.0.0.x, MAC
/// addresses that of 02:00:00:00:00:x.
final class Frames {
    private Frames() {}

    static byte[] udp(final int source, final int sourcePort, final int target, final int port) {
        return ipv4(source, target, 17, 0, 0, ports(sourcePort, port, 4));
    }

    static byte[] firstFragment(
            final int source,
            final int sourcePort,
            final int target,
            final int port,
            final int identification) {
        return ipv4(source, target, 17, identification, 0x2000, ports(sourcePort, port, 8));
    }

    static byte[] laterFragment(final int source, final int target, final int identification) {
        return ipv4(source, target, 17, identification, 2, new byte[16]);
    }

    /// A router tells `target` that this packet, which it had sent, did not arrive.
    static byte[] unreachable(final int router, final int target, final byte[] about) {
        final byte[] quoted = Arrays.copyOfRange(about, 14, Math.min(about.length, 14 + 28));
        return ipv4(
                router,
                target,
                1,
                0,
                0,
                ByteBuffer.allocate(8 + quoted.length)
                        .put((byte) 3)
                        .put((byte) 1)
                        .position(8)
                        .put(quoted)
                        .array());
    }

    static byte[] arp(final int sender, final int receiver) {
        return ethernet(sender, receiver, 0x0806, new byte[28]);
    }

    static byte[] ethernet(
            final int sender, final int receiver, final int etherType, final byte[] payload) {
        final byte[] group = HexFormat.of().parseHex("ffffffffffff");
        final byte[] to = {2, 0, 0, 0, 0, (byte) receiver};
        return ByteBuffer.allocate(14 + payload.length)
                .put(receiver == 255 ? group : to)
                .put(new byte[] {2, 0, 0, 0, 0, (byte) sender})
                .putShort((short) etherType)
                .put(payload)
                .array();
    }

    private static byte[] ports(final int source, final int target, final int payload) {
        return ByteBuffer.allocate(8 + payload)
                .putShort((short) source)
                .putShort((short) target)
                .putShort((short) (8 + payload))
                .array();
    }

    private static byte[] ipv4(
            final int source,
            final int target,
            final int protocol,
            final int identification,
            final int flagsAndOffset,
            final byte[] payload) {
        final byte[] packet =
                ByteBuffer.allocate(20 + payload.length)
                        .putShort((short) 0x4500)
                        .putShort((short) (20 + payload.length))
                        .putShort((short) identification)
                        .putShort((short) flagsAndOffset)
                        .put((byte) 64)
                        .put((byte) protocol)
                        .putShort((short) 0)
                        .put(address(source))
                        .put(address(target))
                        .put(payload)
                        .array();
        return ethernet(source, target, 0x0800, packet);
    }

    private static byte[] address(final int last) {
        return InetAddress.ofLiteral("10.0.0." + last).getAddress();
    }
}
