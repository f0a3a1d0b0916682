package io.boomerang.port;

import io.boomerang.wire.InternetChecksum;
import io.boomerang.wire.IpProtocol;
import io.boomerang.wire.Ipv4Header;
import io.boomerang.wire.Ipv6Header;
import io.boomerang.wire.NetworkOrder;
import io.boomerang.wire.TcpHeader;
import io.boomerang.wire.UdpHeader;

import java.lang.foreign.MemorySegment;

/// Cuts a super-frame, which kernels pass from hand to hand to have less to do, into the frames
/// that a network card would have made of it: TCP segments, or UDP datagrams of one size. Its
/// memory stays as it is until the last one is cut.
final class Segmenter {
    // linux/virtio_net.h, VIRTIO_NET_HDR_GSO_*.
    static final int GSO_NONE = 0;
    static final int GSO_TCP_V4 = 1;
    static final int GSO_TCP_V6 = 4;
    static final int GSO_UDP_L4 = 5;
    static final int GSO_ECN = 0x80;

    private static final int IPV4_TOTAL_LENGTH = 2;
    private static final int IPV4_IDENTIFICATION = 4;
    private static final int IPV4_CHECKSUM = 10;
    private static final int IPV6_PAYLOAD_LENGTH = 4;
    private static final int TCP_SEQUENCE = 4;
    private static final int TCP_FLAGS = 13;
    private static final int TCP_CHECKSUM = 16;
    private static final int UDP_DATAGRAM_LENGTH = 4;
    private static final int UDP_CHECKSUM = 6;

    /// Congestion window reduced (RFC 3168): on the first segment only.
    private static final int CWR = 0x80;

    private final TransportView view = new TransportView();
    private final TcpHeader tcp = new TcpHeader();

    private MemorySegment source = MemorySegment.NULL;
    private long offset;
    private int headers;
    private int position;
    private int length;
    private int payloadOfEach;
    private int index;

    /// Takes a super-frame; answers false for one that it cannot cut, and then has nothing to cut.
    ///
    /// @param type a `GSO_` number, with or without {@link #GSO_ECN}
    /// @param payload bytes of payload in each but the last frame
    boolean begin(
            final MemorySegment frame,
            final long start,
            final int frameLength,
            final int type,
            final int payload) {
        source = frame;
        offset = start;
        length = frameLength;
        payloadOfEach = payload;
        index = 0;
        position = length;
        if (payload <= 0 || !view.wrap(frame, start, frameLength) || !fits(type & ~GSO_ECN)) {
            return false;
        }
        // Behind the packet there may be padding, but not in what a kernel is about to cut.
        length = (int) (view.end() - start);
        headers = (int) (view.transport() - start) + transportHeaderLength();
        position = Math.min(headers, length);
        return hasNext();
    }

    private boolean fits(final int type) {
        final int protocol = view.protocol();
        return switch (type) {
            case GSO_TCP_V4 -> protocol == IpProtocol.TCP && view.version() == Ipv4Header.VERSION;
            case GSO_TCP_V6 -> protocol == IpProtocol.TCP && view.version() == Ipv6Header.VERSION;
            case GSO_UDP_L4 -> protocol == IpProtocol.UDP;
            default -> false;
        };
    }

    private int transportHeaderLength() {
        if (view.protocol() == IpProtocol.UDP) {
            return UdpHeader.LENGTH;
        }
        return tcp.wrap(source, view.transport(), view.end()) ? tcp.headerLength() : length;
    }

    /// Whether there is a frame left to cut.
    boolean hasNext() {
        return position < length;
    }

    /// Forgets what is left to cut.
    void drop() {
        position = length;
    }

    /// Bytes of the longest frame that it will cut.
    int longest() {
        return headers + Math.min(payloadOfEach, length - headers);
    }

    /// Writes the next frame and answers its length. There is room for {@link #longest}.
    int next(final MemorySegment target, final long at) {
        final int payload = Math.min(payloadOfEach, length - position);
        MemorySegment.copy(source, offset, target, at, headers);
        MemorySegment.copy(source, offset + position, target, at + headers, payload);
        position += payload;
        final long network = at + (view.network() - offset);
        final long transport = at + (view.transport() - offset);
        final int frameLength = headers + payload;
        writeNetwork(target, network, (int) (at + frameLength - network));
        if (view.protocol() == IpProtocol.TCP) {
            writeTcp(target, transport);
            writeChecksum(target, at, transport, TCP_CHECKSUM, frameLength);
        } else {
            final int datagram = UdpHeader.LENGTH + payload;
            setShort(target, transport + UDP_DATAGRAM_LENGTH, datagram);
            writeChecksum(target, at, transport, UDP_CHECKSUM, frameLength);
        }
        index++;
        return frameLength;
    }

    private void writeNetwork(final MemorySegment target, final long network, final int total) {
        if (view.version() == Ipv6Header.VERSION) {
            setShort(target, network + IPV6_PAYLOAD_LENGTH, total - Ipv6Header.LENGTH);
            return;
        }
        final int first = target.get(NetworkOrder.SHORT, network + IPV4_IDENTIFICATION);
        setShort(target, network + IPV4_TOTAL_LENGTH, total);
        setShort(target, network + IPV4_IDENTIFICATION, first + index);
        setShort(target, network + IPV4_CHECKSUM, 0);
        final long sum =
                InternetChecksum.add(0, target, network, view.transport() - view.network());
        setShort(target, network + IPV4_CHECKSUM, InternetChecksum.finish(sum));
    }

    private void writeTcp(final MemorySegment target, final long transport) {
        final int first = target.get(NetworkOrder.INT, transport + TCP_SEQUENCE);
        target.set(NetworkOrder.INT, transport + TCP_SEQUENCE, first + index * payloadOfEach);
        int flags = target.get(NetworkOrder.BYTE, transport + TCP_FLAGS);
        if (hasNext()) {
            flags &= ~(TcpHeader.FIN | TcpHeader.PSH);
        }
        if (index > 0) {
            flags &= ~CWR;
        }
        target.set(NetworkOrder.BYTE, transport + TCP_FLAGS, (byte) flags);
    }

    private void writeChecksum(
            final MemorySegment target,
            final long at,
            final long transport,
            final int field,
            final int frameLength) {
        final long covered = at + frameLength - transport;
        setShort(target, transport + field, 0);
        final long sum = view.pseudoHeaderSum(source, covered);
        final int checksum =
                InternetChecksum.finish(InternetChecksum.add(sum, target, transport, covered));
        setShort(target, transport + field, checksum == 0 ? 0xFFFF : checksum);
    }

    private static void setShort(final MemorySegment target, final long at, final int value) {
        target.set(NetworkOrder.SHORT, at, (short) value);
    }
}
