package io.boomerang.redirector.steering;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/// Ethernet frames for tests, IPv4 from 10.0.0.x. Checksums are zero: a redirector does not look at
/// them.
final class Frames {
    static final int SYN = 0x02;
    static final int ACK = 0x10;

    private static final int ETHERNET = 14;
    private static final int IPV4 = 20;
    private static final int MORE_FRAGMENTS = 0x2000;

    private Frames() {}

    static MemorySegment tcp(
            final int source,
            final int sourcePort,
            final int destination,
            final int destinationPort,
            final int flags) {
        final ByteBuffer frame = ipv4(6, source, destination, 20, 0, 0);
        frame.putShort((short) sourcePort).putShort((short) destinationPort);
        frame.putInt(0).putInt(0).put((byte) 0x50).put((byte) flags).putShort((short) 1024);
        return segment(frame);
    }

    static MemorySegment udp(
            final int source,
            final int sourcePort,
            final int destination,
            final int destinationPort) {
        final ByteBuffer frame = ipv4(17, source, destination, 8, 0, 0);
        frame.putShort((short) sourcePort).putShort((short) destinationPort).putShort((short) 8);
        return segment(frame);
    }

    static MemorySegment firstUdpFragment(
            final int source,
            final int sourcePort,
            final int destination,
            final int destinationPort,
            final int id) {
        final ByteBuffer frame = ipv4(17, source, destination, 16, id, MORE_FRAGMENTS);
        frame.putShort((short) sourcePort).putShort((short) destinationPort).putShort((short) 24);
        return segment(frame);
    }

    static MemorySegment laterUdpFragment(final int source, final int destination, final int id) {
        return segment(ipv4(17, source, destination, 8, id, 2));
    }

    static MemorySegment arp() {
        final ByteBuffer frame = ByteBuffer.allocate(ETHERNET + 28);
        frame.putShort(12, (short) 0x0806);
        return MemorySegment.ofBuffer(frame.clear());
    }

    private static ByteBuffer ipv4(
            final int protocol,
            final int source,
            final int destination,
            final int payloadBytes,
            final int id,
            final int fragmentWord) {
        final ByteBuffer frame = ByteBuffer.allocate(ETHERNET + IPV4 + payloadBytes);
        frame.putShort(12, (short) 0x0800);
        frame.position(ETHERNET);
        frame.put((byte) 0x45).put((byte) 0).putShort((short) (IPV4 + payloadBytes));
        frame.putShort((short) id).putShort((short) fragmentWord);
        frame.put((byte) 64).put((byte) protocol).putShort((short) 0);
        frame.putInt(0x0A00_0000 | source).putInt(0x0A00_0000 | destination);
        return frame;
    }

    private static MemorySegment segment(final ByteBuffer frame) {
        return MemorySegment.ofBuffer(frame.clear());
    }

    static byte[] bytes(final MemorySegment segment, final long offset, final int length) {
        return segment.asSlice(offset, length).toArray(JAVA_BYTE);
    }
}
