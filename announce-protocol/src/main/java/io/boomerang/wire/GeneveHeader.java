package io.boomerang.wire;

import java.lang.foreign.MemorySegment;

/// GENEVE header with its options (RFC 8926).
///
/// ```
///  0                 1            2          4       7          8
/// +-----------------+------------+----------+-------+----------+-------------+
/// | version options | O C flags  | protocol |  VNI  | reserved | options ... |
/// +-----------------+------------+----------+-------+----------+-------------+
/// ```
public final class GeneveHeader {
    public static final int LENGTH = 8;
    public static final int UDP_PORT = 6081;

    private static final int VERSION_OPTIONS = 0;
    private static final int FLAGS = 1;
    private static final int PROTOCOL = 2;
    private static final int NETWORK_IDENTIFIER = 4;
    private static final int OPTIONS_MASK = 0x3F;
    private static final int CRITICAL = 0x40;
    private static final int CONTROL = 0x80;

    private MemorySegment frame = MemorySegment.NULL;
    private long offset;

    /// Points this view at `offset` and answers whether every accessor is now in bounds.
    public boolean wrap(final MemorySegment frame, final long offset, final long limit) {
        this.frame = frame;
        this.offset = offset;
        return limit - offset >= LENGTH && limit - offset >= headerLength();
    }

    public int version() {
        return versionOptions() >>> 6;
    }

    /// In bytes.
    public int optionsLength() {
        return (versionOptions() & OPTIONS_MASK) << 2;
    }

    /// In bytes, with options.
    public int headerLength() {
        return LENGTH + optionsLength();
    }

    private int versionOptions() {
        return Byte.toUnsignedInt(frame.get(NetworkOrder.BYTE, offset + VERSION_OPTIONS));
    }

    /// Whether an option must be understood by who drops or keeps the packet.
    public boolean isCritical() {
        return (frame.get(NetworkOrder.BYTE, offset + FLAGS) & CRITICAL) != 0;
    }

    public boolean isControl() {
        return (frame.get(NetworkOrder.BYTE, offset + FLAGS) & CONTROL) != 0;
    }

    /// An {@link EtherType}.
    public int protocol() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + PROTOCOL));
    }

    public int networkIdentifier() {
        return frame.get(NetworkOrder.INT, offset + NETWORK_IDENTIFIER) >>> 8;
    }

    /// Writes the eight fixed bytes; the caller has room for them and for the options.
    public void write(
            final MemorySegment frame,
            final long offset,
            final int optionsLength,
            final boolean critical,
            final int protocol,
            final int networkIdentifier) {
        this.frame = frame;
        this.offset = offset;
        frame.set(NetworkOrder.BYTE, offset + VERSION_OPTIONS, (byte) (optionsLength >>> 2));
        frame.set(NetworkOrder.BYTE, offset + FLAGS, (byte) (critical ? CRITICAL : 0));
        frame.set(NetworkOrder.SHORT, offset + PROTOCOL, (short) protocol);
        frame.set(NetworkOrder.INT, offset + NETWORK_IDENTIFIER, networkIdentifier << 8);
    }
}
