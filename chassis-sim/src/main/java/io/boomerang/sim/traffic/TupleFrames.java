package io.boomerang.sim.traffic;

import io.boomerang.flow.ChecksumRepair;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.FlowParser;
import io.boomerang.flow.FlowRules;
import io.boomerang.flow.ParsedPacket;
import io.boomerang.wire.IpProtocol;
import io.boomerang.wire.NetworkOrder;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Writes frames of a given 5-tuple, one at a time into the same memory: Ethernet, IPv4, TCP or
/// UDP, 16 bytes of payload, correct checksums.
public final class TupleFrames {
    private static final int ETHERNET = 14;
    private static final int IPV4 = 20;
    private static final int TCP_HEADER = 20;
    private static final int UDP_HEADER = 8;
    private static final int PAYLOAD = 16;
    private static final int TTL = 64;

    private final MemorySegment frame = Arena.ofAuto().allocate(128, Long.BYTES);
    private final FlowParser parser = new FlowParser(FlowRules.DEFAULTS);
    private final ParsedPacket packet = new ParsedPacket();
    private int length;

    /// Writes a TCP segment with sequence and acknowledgement number zero.
    public void writeTcp(
            final int source,
            final int sourcePort,
            final int destination,
            final int destinationPort,
            final int flags) {
        writeTcp(source, sourcePort, destination, destinationPort, flags, 0, 0, 0);
    }

    /// Writes a TCP segment.
    public void writeTcp(
            final int source,
            final int sourcePort,
            final int destination,
            final int destinationPort,
            final int flags,
            final int sequence,
            final int acknowledgment,
            final int window) {
        begin(IpProtocol.TCP, TCP_HEADER, source, destination);
        final int at = ports(sourcePort, destinationPort);
        frame.set(NetworkOrder.INT, at + 4, sequence);
        frame.set(NetworkOrder.INT, at + 8, acknowledgment);
        frame.set(NetworkOrder.SHORT, at + 14, (short) window);
        frame.set(NetworkOrder.BYTE, at + 12, (byte) (TCP_HEADER / 4 << 4));
        frame.set(NetworkOrder.BYTE, at + 13, (byte) flags);
        end();
    }

    /// Writes a UDP datagram.
    public void writeUdp(
            final int source,
            final int sourcePort,
            final int destination,
            final int destinationPort) {
        begin(IpProtocol.UDP, UDP_HEADER, source, destination);
        final int at = ports(sourcePort, destinationPort);
        frame.set(NetworkOrder.SHORT, at + 4, (short) (UDP_HEADER + PAYLOAD));
        end();
    }

    private void begin(
            final int protocol,
            final int transportLength,
            final int source,
            final int destination) {
        length = ETHERNET + IPV4 + transportLength + PAYLOAD;
        frame.fill((byte) 0);
        frame.set(NetworkOrder.SHORT, 12, (short) 0x0800);
        frame.set(NetworkOrder.SHORT, ETHERNET, (short) 0x4500);
        frame.set(NetworkOrder.SHORT, ETHERNET + 2, (short) (length - ETHERNET));
        frame.set(NetworkOrder.BYTE, ETHERNET + 8, (byte) TTL);
        frame.set(NetworkOrder.BYTE, ETHERNET + 9, (byte) protocol);
        frame.set(NetworkOrder.INT, ETHERNET + 12, source);
        frame.set(NetworkOrder.INT, ETHERNET + 16, destination);
    }

    private int ports(final int sourcePort, final int destinationPort) {
        final int at = ETHERNET + IPV4;
        frame.set(NetworkOrder.SHORT, at, (short) sourcePort);
        frame.set(NetworkOrder.SHORT, at + 2, (short) destinationPort);
        return at;
    }

    private void end() {
        parser.parse(frame, 0, length, packet);
        ChecksumRepair.repair(frame, 0, length, packet);
    }

    public MemorySegment frame() {
        return frame;
    }

    public int length() {
        return length;
    }

    /// The key of the frame that was written last; changes with the next one.
    public FlowKey key() {
        return packet.key();
    }

    /// Direction bit of the frame that was written last.
    public boolean sourceIsB() {
        return packet.sourceIsB();
    }
}
