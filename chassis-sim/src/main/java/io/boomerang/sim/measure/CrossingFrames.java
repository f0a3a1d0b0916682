package io.boomerang.sim.measure;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.boomerang.sim.lab.ReferenceNetwork;
import io.boomerang.wire.EtherType;
import io.boomerang.wire.EthernetHeader;
import io.boomerang.wire.InternetChecksum;
import io.boomerang.wire.IpProtocol;
import io.boomerang.wire.Ipv4Header;
import io.boomerang.wire.NetworkOrder;
import io.boomerang.wire.UdpHeader;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The datagrams that cross a network to be measured, one frame that is written anew for each: its
/// UDP ports tell the flow, its payload a number and the time.
///
/// The addresses are nobody's: a host's kernel takes no notice of them.
final class CrossingFrames {
    static final int LEAST_BYTES = 60;
    static final int MOST_BYTES = 1_514;

    private static final int IP = EthernetHeader.LENGTH;
    private static final int UDP = IP + Ipv4Header.LENGTH;
    private static final int PAYLOAD = UDP + UdpHeader.LENGTH;
    private static final int NUMBER = PAYLOAD;
    private static final int TIME = PAYLOAD + Long.BYTES;
    private static final int ADDRESSES = IP + 12;
    private static final int MAC_BYTES = 6;
    private static final int FIRST_PORT = 20_000;
    private static final int PORTS = 1 << 15;
    static final int FLOWS = 64;
    private static final int DESTINATION_PORT = 9;
    private static final ValueLayout.OfInt INT = NetworkOrder.INT;

    private final MemorySegment frame;
    private final int length;

    /// @param length of the frames, without frame check sequence
    CrossingFrames(final Arena arena, final int length) {
        this.length = length;
        frame = arena.allocate(length, Long.BYTES);
        setMac(0, ReferenceNetwork.SERVER_MAC);
        setMac(MAC_BYTES, ReferenceNetwork.CLIENT_MAC);
        frame.set(NetworkOrder.SHORT, 2L * MAC_BYTES, (short) EtherType.IPV4);
        frame.set(JAVA_BYTE, IP, (byte) 0x45);
        frame.set(NetworkOrder.SHORT, IP + 2, (short) (length - IP));
        frame.set(JAVA_BYTE, IP + 8, (byte) 64);
        frame.set(JAVA_BYTE, IP + 9, (byte) IpProtocol.UDP);
        frame.set(INT, ADDRESSES, ReferenceNetwork.CLIENT_ADDRESS);
        frame.set(INT, ADDRESSES + Integer.BYTES, ReferenceNetwork.SERVER_ADDRESS);
        final long sum = InternetChecksum.add(0, frame, IP, Ipv4Header.LENGTH);
        frame.set(NetworkOrder.SHORT, IP + 10, (short) InternetChecksum.finish(sum));
        frame.set(NetworkOrder.SHORT, UDP + 4, (short) (length - UDP));
    }

    private void setMac(final int at, final long mac) {
        for (int i = 0; i < MAC_BYTES; i++) {
            frame.set(JAVA_BYTE, at + i, (byte) (mac >>> 8 * (MAC_BYTES - 1 - i)));
        }
    }

    /// The frame of that number, valid until the next one.
    MemorySegment next(final long number, final long nowNs) {
        return ofFlow((int) (number % FLOWS), number, nowNs);
    }

    /// The same, of any of 2^30 flows, counted from 0.
    MemorySegment ofFlow(final int flow, final long number, final long nowNs) {
        frame.set(NetworkOrder.SHORT, UDP, (short) (FIRST_PORT + flow % PORTS));
        frame.set(NetworkOrder.SHORT, UDP + 2, (short) (DESTINATION_PORT + flow / PORTS));
        frame.set(NetworkOrder.LONG, NUMBER, number);
        frame.set(NetworkOrder.LONG, TIME, nowNs);
        return frame;
    }

    int length() {
        return length;
    }

    /// Whether a frame is one that crosses, there or back.
    static boolean isOne(final MemorySegment segment, final long offset, final int frameLength) {
        if (frameLength < LEAST_BYTES
                || segment.get(NetworkOrder.SHORT, offset + 2L * MAC_BYTES)
                        != (short) EtherType.IPV4) {
            return false;
        }
        final int source = segment.get(INT, offset + ADDRESSES);
        return source == ReferenceNetwork.CLIENT_ADDRESS
                || source == ReferenceNetwork.SERVER_ADDRESS;
    }

    static long number(final MemorySegment segment, final long offset) {
        return segment.get(NetworkOrder.LONG, offset + NUMBER);
    }

    static long timeNs(final MemorySegment segment, final long offset) {
        return segment.get(NetworkOrder.LONG, offset + TIME);
    }

    /// Turns a frame that has arrived into its answer: exchanges MAC addresses, addresses and
    /// ports, which changes no checksum.
    static void turn(final MemorySegment segment, final long offset) {
        for (int i = 0; i < MAC_BYTES; i++) {
            final byte destination = segment.get(JAVA_BYTE, offset + i);
            segment.set(JAVA_BYTE, offset + i, segment.get(JAVA_BYTE, offset + MAC_BYTES + i));
            segment.set(JAVA_BYTE, offset + MAC_BYTES + i, destination);
        }
        final long addresses = offset + ADDRESSES;
        final int source = segment.get(INT, addresses);
        segment.set(INT, addresses, segment.get(INT, addresses + Integer.BYTES));
        segment.set(INT, addresses + Integer.BYTES, source);
        segment.set(INT, offset + UDP, Integer.rotateLeft(segment.get(INT, offset + UDP), 16));
    }
}
