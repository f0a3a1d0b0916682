package io.boomerang.flow;

import io.boomerang.wire.NetworkOrder;

import java.lang.foreign.MemorySegment;

/// Looks for the IP options that put another address than the header's into the transport checksum.
/// Stops at the first option that does not fit its header.
final class Options {
    private static final int END = 0;
    private static final int NO_OPERATION = 1;
    private static final int LOOSE_SOURCE_ROUTE = 131;
    private static final int STRICT_SOURCE_ROUTE = 137;
    private static final int LEAST_OPTION = 2;
    private static final int LEAST_ROUTE = 3;

    private static final int PAD1 = 0;
    private static final int HOME_ADDRESS = 0xC9;

    private Options() {}

    /// Whether IPv4's options in `[offset, limit)` hold a source route with an address yet to
    /// visit.
    static boolean hasSourceRoute(final MemorySegment frame, final long offset, final long limit) {
        long position = offset;
        while (position < limit) {
            final int type = unsignedByte(frame, position);
            if (type == END) {
                return false;
            }
            if (type == NO_OPERATION) {
                position++;
                continue;
            }
            if (limit - position < LEAST_OPTION) {
                return false;
            }
            final int length = unsignedByte(frame, position + 1);
            if (length < LEAST_OPTION || length > limit - position) {
                return false;
            }
            if ((type == LOOSE_SOURCE_ROUTE || type == STRICT_SOURCE_ROUTE)
                    && length >= LEAST_ROUTE
                    && unsignedByte(frame, position + 2) <= length) {
                return true;
            }
            position += length;
        }
        return false;
    }

    /// Whether IPv6's destination options in `[offset, limit)` hold a home address (RFC 6275).
    static boolean hasHomeAddress(final MemorySegment frame, final long offset, final long limit) {
        long position = offset;
        while (position < limit) {
            final int type = unsignedByte(frame, position);
            if (type == PAD1) {
                position++;
                continue;
            }
            if (type == HOME_ADDRESS) {
                return true;
            }
            if (limit - position < LEAST_OPTION) {
                return false;
            }
            position += LEAST_OPTION + unsignedByte(frame, position + 1);
        }
        return false;
    }

    private static int unsignedByte(final MemorySegment frame, final long at) {
        return Byte.toUnsignedInt(frame.get(NetworkOrder.BYTE, at));
    }
}
