package io.boomerang.backplane;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.boomerang.wire.NetworkOrder;

import java.lang.foreign.MemorySegment;

/// The GENEVE option of a datagram that goes by way of others. It is the first one, right behind
/// the base header, so that a relay finds it without reading the rest; {@link SteeringHeader}
/// passes over it.
///
/// ```
///  0x85 relay
///            0  origin node
///            2  destination node
///            4  links that it may still cross
///            5  zero
/// ```
final class RelayOption {
    static final int TYPE = 0x85;
    static final int DATA_LENGTH = 8;

    /// How much longer a datagram becomes.
    static final int LENGTH = SteeringHeader.OPTION_HEADER_LENGTH + DATA_LENGTH;

    private static final int HEADER =
            SteeringHeader.OPTION_CLASS << 16 | TYPE << 8 | DATA_LENGTH >>> 2;
    private static final int AT = SteeringHeader.BASE_LENGTH;
    private static final int ORIGIN = AT + 4;
    private static final int DESTINATION = AT + 6;
    private static final int LINKS = AT + 8;

    private RelayOption() {}

    /// Whether the datagram, a GENEVE one, has it.
    static boolean isIn(final MemorySegment segment, final long offset, final int length) {
        return length >= AT + LENGTH
                && segment.get(NetworkOrder.INT, offset + AT) == HEADER
                && (segment.get(JAVA_BYTE, offset) & SteeringHeader.LENGTH_MASK) >= LENGTH >>> 2;
    }

    /// Puts it into the datagram that stands {@link #LENGTH} bytes behind `offset`, which then
    /// begins at `offset`.
    static void insert(
            final MemorySegment segment,
            final long offset,
            final int origin,
            final int destination,
            final int links) {
        MemorySegment.copy(segment, offset + LENGTH, segment, offset, AT);
        segment.set(JAVA_BYTE, offset, (byte) (segment.get(JAVA_BYTE, offset) + (LENGTH >>> 2)));
        segment.set(NetworkOrder.INT, offset + AT, HEADER);
        segment.set(NetworkOrder.SHORT, offset + ORIGIN, (short) origin);
        segment.set(NetworkOrder.SHORT, offset + DESTINATION, (short) destination);
        segment.set(NetworkOrder.INT, offset + LINKS, links << 24);
    }

    static int origin(final MemorySegment segment, final long offset) {
        return Short.toUnsignedInt(segment.get(NetworkOrder.SHORT, offset + ORIGIN));
    }

    static int destination(final MemorySegment segment, final long offset) {
        return Short.toUnsignedInt(segment.get(NetworkOrder.SHORT, offset + DESTINATION));
    }

    static int links(final MemorySegment segment, final long offset) {
        return Byte.toUnsignedInt(segment.get(JAVA_BYTE, offset + LINKS));
    }

    static void setLinks(final MemorySegment segment, final long offset, final int links) {
        segment.set(JAVA_BYTE, offset + LINKS, (byte) links);
    }
}
