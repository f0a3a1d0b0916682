package io.boomerang.sim.report;

import io.boomerang.wire.EtherType;
import io.boomerang.wire.InternetChecksum;
import io.boomerang.wire.IpProtocol;
import io.boomerang.wire.NetworkOrder;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The Ethernet, IPv4 and UDP headers that a datagram of the backplane would travel under between
/// machines, for traces of a backplane in memory. Node 258 has the address 198.18.1.2, of the
/// network set apart for tests of devices (RFC 2544). One thread.
final class BackplaneEnvelope implements AutoCloseable {
    private static final int GENEVE_PORT = 6081;
    private static final int FIRST_SOURCE_PORT = 0xC000;
    private static final int NETWORK = 198 << 24 | 18 << 16;
    private static final long LOCAL_ADMINISTRATION = 0x02L << 40;
    private static final int ETHERNET_BYTES = 14;
    private static final int IPV4_BYTES = 20;
    private static final int UDP_BYTES = 8;
    private static final int ENVELOPE_BYTES = ETHERNET_BYTES + IPV4_BYTES + UDP_BYTES;
    private static final int IPV4_OFFSET = ETHERNET_BYTES;
    private static final int UDP_OFFSET = ETHERNET_BYTES + IPV4_BYTES;
    private static final int ADDRESSES = 12;
    private static final int ADDRESSES_BYTES = 8;
    private static final int MAX_DATAGRAM_BYTES = 0xFFFF - IPV4_BYTES - UDP_BYTES;
    private static final int VERSION_AND_LENGTH = 0x4500;
    private static final int DO_NOT_FRAGMENT = 0x4000;
    private static final int TIME_TO_LIVE = 64;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment frame =
            arena.allocate(ENVELOPE_BYTES + MAX_DATAGRAM_BYTES + 1L, 64);
    private int length;
    private int originalLength;

    /// Puts a datagram into its envelope. One that is longer than IPv4 allows is cut; the original
    /// length still tells.
    void seal(
            final int fromNode,
            final int toNode,
            final MemorySegment datagram,
            final long offset,
            final int datagramLength) {
        final int carried = Math.min(datagramLength, MAX_DATAGRAM_BYTES);
        length = ENVELOPE_BYTES + carried;
        originalLength = ENVELOPE_BYTES + datagramLength;
        MemorySegment.copy(datagram, offset, frame, ENVELOPE_BYTES, carried);
        putMac(0, toNode);
        putMac(6, fromNode);
        putShort(12, EtherType.IPV4);
        putIpv4(fromNode, toNode, IPV4_BYTES + UDP_BYTES + carried);
        putUdp(fromNode, UDP_BYTES + carried);
    }

    private void putIpv4(final int fromNode, final int toNode, final int totalLength) {
        putShort(IPV4_OFFSET, VERSION_AND_LENGTH);
        putShort(IPV4_OFFSET + 2, totalLength);
        putShort(IPV4_OFFSET + 4, 0);
        putShort(IPV4_OFFSET + 6, DO_NOT_FRAGMENT);
        putShort(IPV4_OFFSET + 8, TIME_TO_LIVE << 8 | IpProtocol.UDP);
        putShort(IPV4_OFFSET + 10, 0);
        frame.set(NetworkOrder.INT, IPV4_OFFSET + 12, NETWORK | fromNode);
        frame.set(NetworkOrder.INT, IPV4_OFFSET + 16, NETWORK | toNode);
        putShort(
                IPV4_OFFSET + 10,
                InternetChecksum.finish(InternetChecksum.add(0, frame, IPV4_OFFSET, IPV4_BYTES)));
    }

    private void putUdp(final int fromNode, final int udpLength) {
        putShort(UDP_OFFSET, FIRST_SOURCE_PORT | fromNode);
        putShort(UDP_OFFSET + 2, GENEVE_PORT);
        putShort(UDP_OFFSET + 4, udpLength);
        putShort(UDP_OFFSET + 6, 0);
        final long pseudoHeader = (long) IpProtocol.UDP + udpLength;
        final int checksum =
                InternetChecksum.finish(
                        InternetChecksum.add(
                                pseudoHeader,
                                frame,
                                IPV4_OFFSET + ADDRESSES,
                                ADDRESSES_BYTES + udpLength));
        putShort(UDP_OFFSET + 6, checksum == 0 ? 0xFFFF : checksum);
    }

    private void putMac(final int at, final int node) {
        final long address = LOCAL_ADMINISTRATION | node;
        putShort(at, (int) (address >>> 32));
        frame.set(NetworkOrder.INT, at + 2, (int) address);
    }

    private void putShort(final int at, final int value) {
        frame.set(NetworkOrder.SHORT, at, (short) value);
    }

    MemorySegment frame() {
        return frame;
    }

    int length() {
        return length;
    }

    int originalLength() {
        return originalLength;
    }

    @Override
    public void close() {
        arena.close();
    }
}
