package io.boomerang.sim.replay;

import io.boomerang.flow.ParsedPacket;
import io.boomerang.flow.Side;
import io.boomerang.sim.capture.EthernetFraming;

import java.lang.foreign.MemorySegment;

/// A packet of a capture as it enters the chassis: an Ethernet frame and the side it comes from.
/// Mutable and reused: the bytes stay until {@link SidedCapture} moves on, and may be changed.
public final class SidedPacket {
    private long number;
    private long timestampNs;
    private int interfaceId;
    private EthernetFraming.Outcome framing = EthernetFraming.Outcome.LINK_TYPE_UNSUPPORTED;
    private int linkType;
    private MemorySegment segment = MemorySegment.NULL;
    private long offset;
    private int length;
    private int originalLength;
    private ParsedPacket parsed = new ParsedPacket();
    private Side side = Side.INGRESS;

    void setOrigin(
            final long number,
            final long timestampNs,
            final int interfaceId,
            final int linkType,
            final EthernetFraming.Outcome framing) {
        this.number = number;
        this.timestampNs = timestampNs;
        this.interfaceId = interfaceId;
        this.linkType = linkType;
        this.framing = framing;
    }

    void setFrame(
            final MemorySegment segment,
            final long offset,
            final int length,
            final int originalLength) {
        this.segment = segment;
        this.offset = offset;
        this.length = length;
        this.originalLength = originalLength;
    }

    void setSteering(final ParsedPacket parsed, final Side side) {
        this.parsed = parsed;
        this.side = side;
    }

    /// Place in the file, from 1.
    public long number() {
        return number;
    }

    public long timestampNs() {
        return timestampNs;
    }

    public int interfaceId() {
        return interfaceId;
    }

    public int linkType() {
        return linkType;
    }

    /// Unless `FRAMED`, the packet is no frame and enters nowhere: nothing below is valid.
    public EthernetFraming.Outcome framing() {
        return framing;
    }

    public boolean isFramed() {
        return framing == EthernetFraming.Outcome.FRAMED;
    }

    public MemorySegment segment() {
        return segment;
    }

    public long offset() {
        return offset;
    }

    public int length() {
        return length;
    }

    /// Length of the frame, had all of the packet been captured.
    public int originalLength() {
        return originalLength;
    }

    /// What the parser says of it. A fragment has the flow of its datagram, also if the first
    /// fragment comes later in the capture.
    public ParsedPacket parsed() {
        return parsed;
    }

    public Side side() {
        return side;
    }
}
