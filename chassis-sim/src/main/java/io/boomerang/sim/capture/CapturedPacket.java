package io.boomerang.sim.capture;

import java.lang.foreign.MemorySegment;

/// One packet of a capture file, as {@link CaptureReader} found it. Mutable and reused: the bytes
/// belong to the reader and stay until its next call.
public final class CapturedPacket {
    private long number;
    private long timestampNs;
    private int linkType;
    private int interfaceId;
    private int capturedLength;
    private int originalLength;
    private MemorySegment segment = MemorySegment.NULL;
    private long offset;

    /// @param originalLength as the file says it: 32 bits without sign, believed only where it is
    ///   possible
    void set(
            final long number,
            final long timestampNs,
            final int linkType,
            final int interfaceId,
            final int capturedLength,
            final int originalLength,
            final MemorySegment segment,
            final long offset) {
        this.number = number;
        this.timestampNs = timestampNs;
        this.linkType = linkType;
        this.interfaceId = interfaceId;
        this.capturedLength = capturedLength;
        this.originalLength =
                originalLength < 0 ? Integer.MAX_VALUE : Math.max(originalLength, capturedLength);
        this.segment = segment;
        this.offset = offset;
    }

    /// The same bytes are at another place of the segment now.
    void moveTo(final long newOffset) {
        offset = newOffset;
    }

    /// Place in the file, from 1, as Wireshark counts.
    public long number() {
        return number;
    }

    /// Nanoseconds since 1970; 0 where the file says nothing (simple packet blocks).
    public long timestampNs() {
        return timestampNs;
    }

    /// What the first byte begins, as the file's interface says (a LINKTYPE value).
    public int linkType() {
        return linkType;
    }

    /// Counted from 0 over all sections of the file.
    public int interfaceId() {
        return interfaceId;
    }

    public int capturedLength() {
        return capturedLength;
    }

    /// Length on the wire, never less than what was captured.
    public int originalLength() {
        return originalLength;
    }

    public MemorySegment segment() {
        return segment;
    }

    /// Where the packet begins in {@link #segment()}.
    public long offset() {
        return offset;
    }
}
