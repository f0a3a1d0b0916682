package io.boomerang.conntrack;

import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.boomerang.wire.NetworkOrder;

import java.lang.foreign.MemorySegment;

/// Walks the attributes of a netlink message, or those within one of them (`struct nlattr`,
/// linux/netlink.h): length and type in the machine's order, 2 bytes each, then the value, then
/// zeros up to a multiple of 4. Reused; belongs to one thread.
final class AttributeCursor {
    static final int HEADER_BYTES = 4;

    private static final int TYPE = 2;

    /// The upper two bits of a type are flags: nested, network byte order.
    private static final int TYPE_MASK = 0x3FFF;

    private MemorySegment message = MemorySegment.NULL;
    private long next;
    private long end;
    private long value;
    private int type;
    private int length;
    private boolean malformed;

    /// Starts before the first attribute of those between `from` and `to`.
    void wrap(final MemorySegment segment, final long from, final long to) {
        message = segment;
        next = from;
        end = to;
        malformed = false;
    }

    /// Starts before the first attribute within the one at which the other cursor stands.
    void enter(final AttributeCursor outer) {
        wrap(outer.message, outer.value, outer.value + outer.length);
    }

    /// Goes to the next attribute; false when there is none, or what follows cannot be one.
    boolean advance() {
        if (malformed || end - next < HEADER_BYTES) {
            return false;
        }
        final int whole = Short.toUnsignedInt(message.get(JAVA_SHORT_UNALIGNED, next));
        if (whole < HEADER_BYTES || whole > end - next) {
            malformed = true;
            return false;
        }
        type = Short.toUnsignedInt(message.get(JAVA_SHORT_UNALIGNED, next + TYPE)) & TYPE_MASK;
        value = next + HEADER_BYTES;
        length = whole - HEADER_BYTES;
        next += whole + 3 & ~3;
        return true;
    }

    /// Whether the walk ended at something that is no attribute.
    boolean isMalformed() {
        return malformed;
    }

    int type() {
        return type;
    }

    /// Bytes of the value.
    int length() {
        return length;
    }

    /// The value's first byte; it has one.
    int byteValue() {
        return Byte.toUnsignedInt(message.get(NetworkOrder.BYTE, value));
    }

    /// The value's first two bytes in network order; it has them.
    int shortValue() {
        return Short.toUnsignedInt(message.get(NetworkOrder.SHORT, value));
    }

    /// The value's first four bytes in network order; it has them.
    int intValue() {
        return message.get(NetworkOrder.INT, value);
    }

    /// Eight bytes of the value in network order, from `offset` on; it has them.
    long longValue(final int offset) {
        return message.get(NetworkOrder.LONG, value + offset);
    }
}
