package io.boomerang.wire;

import java.lang.foreign.MemorySegment;

/// GRE header with its optional fields: version 0 (RFC 2784, RFC 2890) and 1 (PPTP, RFC 2637).
///
/// ```
///  0                2          4
/// +----------------+----------+---------------------------------------------------------------+
/// | flags version  | protocol | checksum 4? key 4? sequence 4? acknowledgment (version 1) 4?  |
/// +----------------+----------+---------------------------------------------------------------+
/// ```
public final class GreHeader {
    public static final int LENGTH = 4;

    private static final int FLAGS_VERSION = 0;
    private static final int PROTOCOL = 2;
    private static final int CHECKSUM_PRESENT = 0x8000;
    private static final int ROUTING_PRESENT = 0x4000;
    private static final int KEY_PRESENT = 0x2000;
    private static final int SEQUENCE_PRESENT = 0x1000;
    private static final int ACKNOWLEDGMENT_PRESENT = 0x0080;
    private static final int VERSION_MASK = 0x7;

    private MemorySegment frame = MemorySegment.NULL;
    private long offset;

    /// Points this view at `offset` and answers whether every accessor is now in bounds.
    public boolean wrap(final MemorySegment frame, final long offset, final long limit) {
        this.frame = frame;
        this.offset = offset;
        return limit - offset >= LENGTH && limit - offset >= headerLength();
    }

    public int version() {
        return flags() & VERSION_MASK;
    }

    /// An {@link EtherType}.
    public int protocol() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + PROTOCOL));
    }

    /// The source routing of RFC 1701, whose length only its own fields tell.
    public boolean hasRouting() {
        return (flags() & ROUTING_PRESENT) != 0;
    }

    public boolean hasKey() {
        return (flags() & KEY_PRESENT) != 0;
    }

    public boolean hasSequence() {
        return (flags() & SEQUENCE_PRESENT) != 0;
    }

    /// Meaningful when {@link #hasKey()}.
    public int key() {
        return hasKey() ? frame.get(NetworkOrder.INT, offset + LENGTH + checksumLength()) : 0;
    }

    /// In bytes, with the optional fields that the flags announce.
    public int headerLength() {
        final int flags = flags();
        return LENGTH
                + checksumLength()
                + ((flags & KEY_PRESENT) != 0 ? 4 : 0)
                + ((flags & SEQUENCE_PRESENT) != 0 ? 4 : 0)
                + (version() == 1 && (flags & ACKNOWLEDGMENT_PRESENT) != 0 ? 4 : 0);
    }

    private int checksumLength() {
        return (flags() & (CHECKSUM_PRESENT | ROUTING_PRESENT)) != 0 ? 4 : 0;
    }

    private int flags() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + FLAGS_VERSION));
    }
}
