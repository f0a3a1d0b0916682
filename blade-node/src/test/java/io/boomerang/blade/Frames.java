package io.boomerang.blade;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Ethernet frames for tests, written and checksummed without any class under test. Addresses are
/// text, both of one family.
public final class Frames {
    public static final int FIN = 1;
    public static final int SYN = 2;
    public static final int RST = 4;
    public static final int ACK = 16;

    private static final int ETHERNET = 14;
    private static final int PROTOCOL_ICMP = 1;
    private static final int PROTOCOL_TCP = 6;
    private static final int PROTOCOL_UDP = 17;
    private static final int PROTOCOL_ICMPV6 = 58;

    private Frames() {}

    public static byte[] tcp(
            final String source,
            final int sourcePort,
            final String destination,
            final int destinationPort,
            final int flags,
            final int sequence,
            final int acknowledgment,
            final int payloadLength) {
        final ByteBuffer segment = ByteBuffer.allocate(20 + payloadLength);
        segment.putShort((short) sourcePort).putShort((short) destinationPort);
        segment.putInt(sequence).putInt(acknowledgment);
        segment.put((byte) 0x50).put((byte) flags).putShort((short) 8_000).putInt(0);
        fill(segment);
        return ip(source, destination, PROTOCOL_TCP, segment.array(), 16);
    }

    public static byte[] udp(
            final String source,
            final int sourcePort,
            final String destination,
            final int destinationPort,
            final int payloadLength) {
        final ByteBuffer datagram = ByteBuffer.allocate(8 + payloadLength);
        datagram.putShort((short) sourcePort).putShort((short) destinationPort);
        datagram.putShort((short) (8 + payloadLength)).putShort((short) 0);
        fill(datagram);
        return ip(source, destination, PROTOCOL_UDP, datagram.array(), 6);
    }

    /// An echo request or its answer.
    public static byte[] echo(
            final String source,
            final String destination,
            final boolean answer,
            final int identifier,
            final int payloadLength) {
        final boolean v6 = isIpv6(source);
        final ByteBuffer message = ByteBuffer.allocate(8 + payloadLength);
        message.put((byte) (v6 ? answer ? 129 : 128 : answer ? 0 : 8)).put((byte) 0);
        message.putShort((short) 0).putShort((short) identifier).putShort((short) 1);
        fill(message);
        return ip(source, destination, v6 ? PROTOCOL_ICMPV6 : PROTOCOL_ICMP, message.array(), 2);
    }

    /// "Port unreachable" about a frame's packet, of which 64 bytes at most are quoted.
    public static byte[] unreachable(
            final String source, final String destination, final byte[] about) {
        final boolean v6 = isIpv6(source);
        final byte[] quote =
                Arrays.copyOfRange(about, ETHERNET, Math.min(about.length, ETHERNET + 64));
        final ByteBuffer message = ByteBuffer.allocate(8 + quote.length);
        message.put((byte) (v6 ? 1 : 3)).put((byte) (v6 ? 4 : 3)).putShort((short) 0).putInt(0);
        message.put(quote);
        return ip(source, destination, v6 ? PROTOCOL_ICMPV6 : PROTOCOL_ICMP, message.array(), 2);
    }

    /// A packet of a protocol without ports.
    public static byte[] other(
            final String source, final String destination, final int protocol, final int length) {
        final ByteBuffer body = ByteBuffer.allocate(length);
        fill(body);
        return ip(source, destination, protocol, body.array(), -1);
    }

    /// The first `bytes` of an IPv4 packet's payload, or the rest, as a fragment.
    public static byte[] fragment(final byte[] frame, final int bytes, final boolean rest) {
        final int begin = ETHERNET + 20;
        final byte[] payload =
                rest
                        ? Arrays.copyOfRange(frame, begin + bytes, frame.length)
                        : Arrays.copyOfRange(frame, begin, begin + bytes);
        final ByteBuffer fragment = ByteBuffer.allocate(begin + payload.length);
        fragment.put(frame, 0, begin).put(payload);
        fragment.putShort(ETHERNET + 2, (short) (20 + payload.length));
        fragment.putShort(ETHERNET + 6, (short) (rest ? bytes / 8 : 0x2000));
        fragment.putShort(ETHERNET + 10, (short) 0);
        fragment.putShort(ETHERNET + 10, (short) ~fold(sum(fragment.array(), ETHERNET, 20)));
        return fragment.array();
    }

    private static byte[] ip(
            final String source,
            final String destination,
            final int protocol,
            final byte[] payload,
            final int checksumAt) {
        final byte[] from = address(source);
        final byte[] to = address(destination);
        final boolean v6 = from.length == 16;
        if (checksumAt >= 0) {
            long sum = sum(payload, 0, payload.length);
            if (protocol != PROTOCOL_ICMP) {
                sum += sum(from, 0, from.length) + sum(to, 0, to.length);
                sum += protocol + payload.length;
            }
            final int checksum = ~fold(sum) & 0xFFFF;
            final boolean zeroMeansNone = protocol == PROTOCOL_UDP && checksum == 0;
            ByteBuffer.wrap(payload)
                    .putShort(checksumAt, (short) (zeroMeansNone ? 0xFFFF : checksum));
        }
        final ByteBuffer frame = ByteBuffer.allocate(ETHERNET + (v6 ? 40 : 20) + payload.length);
        frame.putInt(0x02000000).putShort((short) 1).putInt(0x02000000).putShort((short) 2);
        frame.putShort((short) (v6 ? 0x86DD : 0x0800));
        if (v6) {
            frame.putInt(0x60000000).putShort((short) payload.length);
            frame.put((byte) protocol).put((byte) 64);
        } else {
            frame.putShort((short) 0x4500).putShort((short) (20 + payload.length));
            frame.putShort((short) 77).putShort((short) 0);
            frame.put((byte) 64).put((byte) protocol).putShort((short) 0);
        }
        frame.put(from).put(to).put(payload);
        if (!v6) {
            frame.putShort(ETHERNET + 10, (short) ~fold(sum(frame.array(), ETHERNET, 20)));
        }
        return frame.array();
    }

    /// Whether every checksum of the outermost packet fits, computed from scratch.
    public static boolean isIntact(final byte[] frame) {
        final boolean v6 = frame[12] == (byte) 0x86;
        if (!v6 && fold(sum(frame, ETHERNET, 20)) != 0xFFFF) {
            return false;
        }
        final int begin = ETHERNET + (v6 ? 40 : 20);
        final int protocol = frame[ETHERNET + (v6 ? 6 : 9)];
        final boolean fragment = !v6 && (ByteBuffer.wrap(frame).getShort(20) & 0x3FFF) != 0;
        final boolean checked =
                protocol == PROTOCOL_ICMP
                        || protocol == PROTOCOL_TCP
                        || protocol == PROTOCOL_UDP
                        || protocol == PROTOCOL_ICMPV6;
        if (fragment || !checked) {
            return true;
        }
        long sum = sum(frame, begin, frame.length - begin);
        if (protocol != PROTOCOL_ICMP) {
            sum += sum(frame, v6 ? 22 : 26, v6 ? 32 : 8) + protocol + frame.length - begin;
        }
        return fold(sum) == 0xFFFF;
    }

    public static boolean isIpv6(final String address) {
        return address(address).length == 16;
    }

    private static byte[] address(final String text) {
        try {
            return InetAddress.getByName(text).getAddress();
        } catch (final UnknownHostException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static void fill(final ByteBuffer buffer) {
        for (int i = buffer.position(); i < buffer.capacity(); i++) {
            buffer.put(i, (byte) (i * 31));
        }
    }

    private static long sum(final byte[] bytes, final int offset, final int length) {
        long sum = 0;
        for (int i = 0; i < length; i++) {
            sum += (bytes[offset + i] & 0xFFL) << ((i & 1) == 0 ? 8 : 0);
        }
        return sum;
    }

    private static int fold(final long sum) {
        long folded = sum;
        while (folded >>> 16 != 0) {
            folded = (folded >>> 16) + (folded & 0xFFFF);
        }
        return (int) folded;
    }
}
