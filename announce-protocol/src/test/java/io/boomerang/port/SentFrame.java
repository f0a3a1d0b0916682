package io.boomerang.port;

import io.boomerang.wire.EtherType;
import io.boomerang.wire.IpProtocol;
import io.boomerang.wire.NetworkOrder;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/// Frames as a kernel hands them to a network card, and what the card is to make of them; written
/// byte by byte, with a checksum routine of its own.
final class SentFrame {
    static final int ETHERNET = 14;

    private static final int IPV4 = 20;
    private static final int IPV6 = 40;
    private static final int TCP_WITH_OPTIONS = 32;
    private static final int UDP = 8;

    private SentFrame() {}

    /// A frame whose transport checksum is complete.
    ///
    /// @param tags VLAN tags in front of the IP header
    static byte[] whole(
            final RandomGenerator random,
            final boolean isVersion6,
            final int protocol,
            final int tags,
            final int payload) {
        final int transport = transportAt(isVersion6, tags);
        final int headerLength = protocol == IpProtocol.TCP ? TCP_WITH_OPTIONS : UDP;
        final byte[] frame = new byte[transport + headerLength + payload];
        random.nextBytes(frame);
        final ByteBuffer out = ByteBuffer.wrap(frame);
        out.position(12);
        for (int tag = 0; tag < tags; tag++) {
            out.putShort((short) EtherType.VLAN).putShort((short) (7 + tag));
        }
        final int segment = headerLength + payload;
        if (isVersion6) {
            out.putShort((short) EtherType.IPV6).putInt(6 << 28).putShort((short) segment);
            out.put((byte) protocol).put((byte) 64);
        } else {
            out.putShort((short) EtherType.IPV4).putShort((short) 0x4500);
            out.putShort((short) (IPV4 + segment))
                    .putShort((short) 0xFFFE)
                    .putShort((short) 0x4000);
            out.put((byte) 64).put((byte) protocol).putShort((short) 0);
            final int network = transport - IPV4;
            out.putShort(network + 10, (short) ~sum(frame, network, transport));
        }
        if (protocol == IpProtocol.TCP) {
            out.put(transport + 12, (byte) (TCP_WITH_OPTIONS / 4 << 4));
        } else {
            out.putShort(transport + 4, (short) segment);
        }
        setChecksum(frame, isVersion6, protocol, tags, true);
        return frame;
    }

    /// Leaves the checksum of a whole frame to the card: only the pseudo-header's sum is there.
    static byte[] partial(
            final byte[] whole, final boolean isVersion6, final int protocol, final int tags) {
        final byte[] frame = whole.clone();
        setChecksum(frame, isVersion6, protocol, tags, false);
        return frame;
    }

    static int transportAt(final boolean isVersion6, final int tags) {
        return ETHERNET + 4 * tags + (isVersion6 ? IPV6 : IPV4);
    }

    static int checksumField(final int protocol) {
        return protocol == IpProtocol.TCP ? 16 : 6;
    }

    /// Whether the checksums of the IP header and behind it are as they have to be.
    static boolean isSound(
            final byte[] frame, final boolean isVersion6, final int protocol, final int tags) {
        final int transport = transportAt(isVersion6, tags);
        return (isVersion6 || sum(frame, transport - IPV4, transport) == 0xFFFF)
                && fold(
                                pseudoHeader(frame, isVersion6, protocol, tags)
                                        + sum(frame, transport, frame.length))
                        == 0xFFFF;
    }

    private static void setChecksum(
            final byte[] frame,
            final boolean isVersion6,
            final int protocol,
            final int tags,
            final boolean isComplete) {
        final int transport = transportAt(isVersion6, tags);
        final int field = transport + checksumField(protocol);
        final MemorySegment view = MemorySegment.ofArray(frame);
        view.set(NetworkOrder.SHORT, field, (short) 0);
        final int pseudo = fold(pseudoHeader(frame, isVersion6, protocol, tags));
        final int all = ~fold(pseudo + sum(frame, transport, frame.length)) & 0xFFFF;
        final int complete = all == 0 ? 0xFFFF : all;
        view.set(NetworkOrder.SHORT, field, (short) (isComplete ? complete : pseudo));
    }

    private static int pseudoHeader(
            final byte[] frame, final boolean isVersion6, final int protocol, final int tags) {
        final int transport = transportAt(isVersion6, tags);
        return sum(frame, transport - (isVersion6 ? 32 : 8), transport)
                + protocol
                + frame.length
                - transport;
    }

    private static int sum(final byte[] bytes, final int from, final int to) {
        int sum = 0;
        for (int i = from; i < to; i++) {
            sum += (i - from) % 2 == 0 ? (bytes[i] & 0xFF) << 8 : bytes[i] & 0xFF;
        }
        return fold(sum);
    }

    private static int fold(final int sum) {
        int folded = sum;
        while (folded > 0xFFFF) {
            folded = (folded & 0xFFFF) + (folded >>> 16);
        }
        return folded;
    }
}
