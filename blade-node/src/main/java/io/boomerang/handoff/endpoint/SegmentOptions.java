package io.boomerang.handoff.endpoint;

import io.boomerang.wire.NetworkOrder;

import java.lang.foreign.MemorySegment;

/// The options of a segment (RFC 9293, 3.1; RFC 7323; RFC 2018). Others are skipped. One instance
/// takes one segment after the other.
final class SegmentOptions {
    static final int MAX_LENGTH = 40;
    static final int TIMESTAMPS_LENGTH = 12;
    static final int MAX_BLOCKS_WITH_TIMESTAMPS = 3;

    private static final int END = 0;
    private static final int NOTHING = 1;
    private static final int MSS = 2;
    private static final int WINDOW_SCALE = 3;
    private static final int SACK_PERMITTED = 4;
    private static final int SACK = 5;
    private static final int TIMESTAMPS = 8;

    private static final int MSS_LENGTH = 4;
    private static final int WINDOW_SCALE_LENGTH = 3;
    private static final int SACK_PERMITTED_LENGTH = 2;
    private static final int TIMESTAMPS_OPTION_LENGTH = 10;
    private static final int BLOCK_LENGTH = 8;

    /// RFC 9293, 3.7.1: what a peer takes that does not say.
    private static final int DEFAULT_MSS = 536;

    private int mss;
    private int windowScale;
    private boolean sackPermitted;
    private boolean timestamps;
    private int timestampValue;
    private int timestampEcho;

    /// Reads the options; answers false if they are malformed.
    boolean read(final MemorySegment packet, final long offset, final long limit) {
        mss = DEFAULT_MSS;
        windowScale = -1;
        sackPermitted = false;
        timestamps = false;
        long at = offset;
        while (at < limit) {
            final int kind = packet.get(NetworkOrder.BYTE, at);
            if (kind == END) {
                return true;
            }
            if (kind == NOTHING) {
                at++;
                continue;
            }
            if (at + 1 >= limit) {
                return false;
            }
            final int length = Byte.toUnsignedInt(packet.get(NetworkOrder.BYTE, at + 1));
            if (length < 2 || at + length > limit) {
                return false;
            }
            readOne(kind, length, packet, at + 2);
            at += length;
        }
        return true;
    }

    private void readOne(
            final int kind, final int length, final MemorySegment packet, final long at) {
        if (kind == MSS && length == MSS_LENGTH) {
            final int value = Short.toUnsignedInt(packet.get(NetworkOrder.SHORT, at));
            mss = value == 0 ? DEFAULT_MSS : value;
        } else if (kind == WINDOW_SCALE && length == WINDOW_SCALE_LENGTH) {
            windowScale = Byte.toUnsignedInt(packet.get(NetworkOrder.BYTE, at));
        } else if (kind == SACK_PERMITTED && length == SACK_PERMITTED_LENGTH) {
            sackPermitted = true;
        } else if (kind == TIMESTAMPS && length == TIMESTAMPS_OPTION_LENGTH) {
            timestamps = true;
            timestampValue = packet.get(NetworkOrder.INT, at);
            timestampEcho = packet.get(NetworkOrder.INT, at + Integer.BYTES);
        }
    }

    int mss() {
        return mss;
    }

    /// -1 without the option.
    int windowScale() {
        return windowScale;
    }

    boolean sackPermitted() {
        return sackPermitted;
    }

    boolean hasTimestamps() {
        return timestamps;
    }

    int timestampValue() {
        return timestampValue;
    }

    int timestampEcho() {
        return timestampEcho;
    }

    static long writeMss(final MemorySegment packet, final long at, final int mss) {
        packet.set(NetworkOrder.INT, at, MSS << 24 | MSS_LENGTH << 16 | mss);
        return at + Integer.BYTES;
    }

    static long writeWindowScale(final MemorySegment packet, final long at, final int scale) {
        packet.set(
                NetworkOrder.INT,
                at,
                NOTHING << 24 | WINDOW_SCALE << 16 | WINDOW_SCALE_LENGTH << 8 | scale);
        return at + Integer.BYTES;
    }

    static long writeSackPermitted(final MemorySegment packet, final long at) {
        packet.set(
                NetworkOrder.INT,
                at,
                NOTHING << 24 | NOTHING << 16 | SACK_PERMITTED << 8 | SACK_PERMITTED_LENGTH);
        return at + Integer.BYTES;
    }

    static long writeTimestamps(
            final MemorySegment packet, final long at, final int value, final int echo) {
        packet.set(
                NetworkOrder.INT,
                at,
                NOTHING << 24 | NOTHING << 16 | TIMESTAMPS << 8 | TIMESTAMPS_OPTION_LENGTH);
        packet.set(NetworkOrder.INT, at + Integer.BYTES, value);
        packet.set(NetworkOrder.INT, at + 2 * Integer.BYTES, echo);
        return at + TIMESTAMPS_LENGTH;
    }

    /// The islands of the queue, as many as fit.
    static long writeSack(final MemorySegment packet, final long at, final ReceiveQueue queue) {
        final int count = Math.min(queue.islandCount(), MAX_BLOCKS_WITH_TIMESTAMPS);
        if (count == 0) {
            return at;
        }
        packet.set(
                NetworkOrder.INT,
                at,
                NOTHING << 24 | NOTHING << 16 | SACK << 8 | 2 + count * BLOCK_LENGTH);
        long block = at + Integer.BYTES;
        for (int i = 0; i < count; i++) {
            packet.set(NetworkOrder.INT, block, queue.islandStart(i));
            packet.set(NetworkOrder.INT, block + Integer.BYTES, queue.islandEnd(i));
            block += BLOCK_LENGTH;
        }
        return block;
    }
}
