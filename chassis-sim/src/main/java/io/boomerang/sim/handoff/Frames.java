package io.boomerang.sim.handoff;

import io.boomerang.flow.FlowKey;
import io.boomerang.flow.FlowParser;
import io.boomerang.flow.FlowRules;
import io.boomerang.flow.PacketClass;
import io.boomerang.flow.ParsedPacket;
import io.boomerang.wire.EtherType;
import io.boomerang.wire.NetworkOrder;

import java.lang.foreign.MemorySegment;

/// Ethernet around the packets of a stack, and what a frame is about.
final class Frames {
    static final int ETHERNET_BYTES = 14;

    private static final int TYPE = 12;
    private static final int IPV6_VERSION = 6;
    private static final int LOCAL_ADDRESS = 0x02;

    private final FlowParser parser = new FlowParser(FlowRules.DEFAULTS);
    private final ParsedPacket packet = new ParsedPacket();

    /// The frame of an IP packet, between any two stations.
    static byte[] of(final MemorySegment ip, final long offset, final long length) {
        final byte[] frame = new byte[ETHERNET_BYTES + (int) length];
        final MemorySegment segment = MemorySegment.ofArray(frame);
        frame[0] = LOCAL_ADDRESS;
        frame[TYPE / 2] = LOCAL_ADDRESS;
        final boolean isIpv6 = ip.get(NetworkOrder.BYTE, offset) >>> 4 == IPV6_VERSION;
        segment.set(NetworkOrder.SHORT, TYPE, (short) (isIpv6 ? EtherType.IPV6 : EtherType.IPV4));
        MemorySegment.copy(ip, offset, segment, ETHERNET_BYTES, length);
        return frame;
    }

    /// Whether the frame belongs to a flow; {@link #key} and {@link #flags} then tell more.
    boolean read(final MemorySegment frame, final long offset, final int length) {
        return parser.parse(frame, offset, length, packet) == PacketClass.FLOW;
    }

    FlowKey key() {
        return packet.key();
    }

    int flags() {
        return packet.tcpFlags();
    }
}
