package io.boomerang.blade.processor;

import io.boomerang.wire.NetworkOrder;
import io.boomerang.wire.TcpHeader;

import java.lang.foreign.MemorySegment;

/// What connection tracking needs to know of one TCP segment. Mutable, reused per packet.
final class TcpSegment {
    /// The segment carries no window scale option.
    static final int NO_SCALE = -1;

    private static final int FLAG_MASK = 0x3F;
    private static final int OPTION_END = 0;
    private static final int OPTION_PADDING = 1;
    private static final int OPTION_WINDOW_SCALE = 3;
    private static final int WINDOW_SCALE_LENGTH = 3;

    /// RFC 7323, section 2.3.
    private static final int MAX_SCALE = 14;

    private int flags;
    private int sequence;
    private int acknowledgment;
    private int window;
    private int payloadLength;
    private int scale;

    /// Reads the header; the window scale only of segments with SYN, where it counts.
    void read(final MemorySegment frame, final TcpHeader header, final int newPayloadLength) {
        final int headerFlags = header.flags() & FLAG_MASK;
        set(
                headerFlags,
                header.sequence(),
                header.acknowledgment(),
                header.window(),
                newPayloadLength,
                (headerFlags & TcpHeader.SYN) == 0
                        ? NO_SCALE
                        : readScale(frame, header.optionsOffset(), header.payloadOffset()));
    }

    /// Whether a window can be scaled so, {@link #NO_SCALE} included.
    static boolean isScale(final int scale) {
        return scale >= NO_SCALE && scale <= MAX_SCALE;
    }

    void set(
            final int newFlags,
            final int newSequence,
            final int newAcknowledgment,
            final int newWindow,
            final int newPayloadLength,
            final int newScale) {
        flags = newFlags;
        sequence = newSequence;
        acknowledgment = newAcknowledgment;
        window = newWindow;
        payloadLength = newPayloadLength;
        scale = newScale;
    }

    private static int readScale(final MemorySegment frame, final long begin, final long end) {
        long at = begin;
        while (at < end) {
            final int kind = Byte.toUnsignedInt(frame.get(NetworkOrder.BYTE, at));
            if (kind == OPTION_PADDING) {
                at++;
                continue;
            }
            if (kind == OPTION_END || at + 1 >= end) {
                return NO_SCALE;
            }
            final int length = Byte.toUnsignedInt(frame.get(NetworkOrder.BYTE, at + 1));
            if (length < 2 || at + length > end) {
                return NO_SCALE;
            }
            if (kind == OPTION_WINDOW_SCALE && length == WINDOW_SCALE_LENGTH) {
                return Math.min(
                        Byte.toUnsignedInt(frame.get(NetworkOrder.BYTE, at + 2)), MAX_SCALE);
            }
            at += length;
        }
        return NO_SCALE;
    }

    /// Whether any sender writes this combination of flags.
    boolean hasPossibleFlags() {
        final int kind = flags & (TcpHeader.SYN | TcpHeader.FIN | TcpHeader.RST | TcpHeader.ACK);
        return switch (kind) {
            case TcpHeader.SYN,
                    TcpHeader.SYN | TcpHeader.ACK,
                    TcpHeader.RST,
                    TcpHeader.RST | TcpHeader.ACK,
                    TcpHeader.FIN | TcpHeader.ACK,
                    TcpHeader.ACK ->
                    true;
            default -> false;
        };
    }

    /// SYN without ACK: the first segment of a connection.
    boolean isSyn() {
        return (flags & (TcpHeader.SYN | TcpHeader.ACK)) == TcpHeader.SYN;
    }

    boolean isSynAck() {
        return (flags & (TcpHeader.SYN | TcpHeader.ACK)) == (TcpHeader.SYN | TcpHeader.ACK);
    }

    boolean hasSyn() {
        return (flags & TcpHeader.SYN) != 0;
    }

    boolean hasFin() {
        return (flags & TcpHeader.FIN) != 0;
    }

    boolean hasRst() {
        return (flags & TcpHeader.RST) != 0;
    }

    boolean hasAck() {
        return (flags & TcpHeader.ACK) != 0;
    }

    int sequence() {
        return sequence;
    }

    int acknowledgment() {
        return acknowledgment;
    }

    /// As it stands in the header, not scaled.
    int window() {
        return window;
    }

    /// The shift offered with a SYN, or {@link #NO_SCALE}.
    int scale() {
        return scale;
    }

    /// The sequence number after this segment; SYN and FIN take one each.
    int end() {
        return sequence + payloadLength + (hasSyn() ? 1 : 0) + (hasFin() ? 1 : 0);
    }
}
