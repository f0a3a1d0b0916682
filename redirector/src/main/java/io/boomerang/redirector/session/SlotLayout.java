package io.boomerang.redirector.session;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.boomerang.announce.TcpPhase;
import io.boomerang.flow.FlowKey;

/// The bytes of one slot of the session table: one cache line, for IPv4 and IPv6 alike.
///
/// ```
///        0               2               4               6               8
///      0 | sequence (24) and passers (8) | lease deadline, ms            |
///      8 | address a, high                                               |
///     16 | address a, low (an IPv4 address in its low half)              |
///     24 | address b, high                                               |
///     32 | address b, low                                                |
///     40 | port a        | port b        | VLAN domain                   |
///     48 | flow id                                                       |
///     56 | incarnation   | version       | blade         | meta and state|
///
///     meta and state, from bit 0:  meta of the key (11)  phase (2)  origin (2)  lapsed (1)
/// ```
///
/// Every row is one word in the machine's byte order; within a row the left is the least
/// significant, so that on a little-endian machine the numbers are byte offsets. A word of zeros in
/// the last row is an empty slot, as fresh memory is.
///
/// *Sequence* is odd while the writer changes the slot. It wraps after 16.7 million half steps; a
/// reader would have to stop in the middle of a slot for exactly a multiple of that to be fooled.
///
/// *A search* starts at the home slot of the hash, goes on to the other slot of its pair, then to
/// the next pair, and so on: the two lines of a pair of 128 bytes often come into the cache
/// together.
///
/// *Passers* counts the sessions that searches find only after this slot. Where it is zero, no
/// search has to go on. Unlike tombstones it never lies: searches stay as short as the present load
/// makes them, however many sessions came and went.
///
/// *Origin* is 1 to 3 for a session (0 with the lapsed bit: closed, nobody's word for anything).
@SuppressWarnings("EnumOrdinal") // a slot holds constants by their place, within one process
final class SlotLayout {
    static final int SLOT_SHIFT = 6;
    static final int SLOT_BYTES = 1 << SLOT_SHIFT;

    static final int CONTROL = 0;
    static final int DEADLINE = 4;
    static final int A_HIGH = 8;
    static final int A_LOW = 16;
    static final int B_HIGH = 24;
    static final int B_LOW = 32;
    static final int PORTS = 40;
    static final int FLOW_ID = 48;
    static final int TAIL = 56;

    static final int PASSERS_MASK = 0xFF;
    static final int SEQUENCE_SHIFT = 8;
    static final int SEQUENCE_ONE = 1 << SEQUENCE_SHIFT;

    private static final int B_PORT_SHIFT = 16;
    private static final int VLAN_SHIFT = 32;

    private static final int VERSION_SHIFT = 16;
    private static final int BLADE_SHIFT = 32;
    private static final int META_SHIFT = 48;
    private static final int META_BITS = 11;
    private static final int PHASE_SHIFT = META_SHIFT + META_BITS;
    private static final int ORIGIN_SHIFT = PHASE_SHIFT + 2;
    private static final int STATE_CLOSED = 4;
    private static final long LAPSED_BIT = 1L << 63;
    private static final long KEY_PART = (1L << META_BITS) - 1 << META_SHIFT;
    private static final int SHORT_MASK = 0xFFFF;

    private static final TcpPhase[] PHASES = TcpPhase.values();

    static {
        assert TAIL + JAVA_LONG.byteSize() == SLOT_BYTES : "the last word ends the line";
        assert DEADLINE == CONTROL + JAVA_INT.byteSize() : "control and deadline share a word";
        assert PORTS - A_HIGH == 4 * JAVA_LONG.byteSize() : "two addresses of 16 bytes";
        assert ORIGIN_SHIFT + 2 == 63 : "the lapsed bit is all that is left";
        assert PHASES.length <= 4 && Origin.values().length < STATE_CLOSED : "two bits each";
    }

    private SlotLayout() {}

    /// Where a search goes on.
    ///
    /// @param slot that it has just looked at
    /// @param probe how many it had looked at before that one
    /// @param mask slot numbers are below it and it is a row of ones
    static long next(final long slot, final int probe, final long mask) {
        return (slot ^ 1) + ((probe & 1) << 1) & mask;
    }

    static long ports(final FlowKey key) {
        return key.aPort()
                | (long) key.bPort() << B_PORT_SHIFT
                | (long) key.vlanDomain() << VLAN_SHIFT;
    }

    static int aPort(final long ports) {
        return (int) ports & SHORT_MASK;
    }

    static int bPort(final long ports) {
        return (int) ports >>> B_PORT_SHIFT;
    }

    static int vlanDomain(final long ports) {
        return (int) (ports >>> VLAN_SHIFT);
    }

    /// The last word of a live session.
    static long liveTail(
            final int meta,
            final Origin origin,
            final TcpPhase phase,
            final int blade,
            final int version,
            final int incarnation) {
        return identity(meta, blade, version, incarnation)
                | (long) phase.ordinal() << PHASE_SHIFT
                | (long) (origin.ordinal() + 1) << ORIGIN_SHIFT;
    }

    /// The last word of a session that its blade has closed.
    static long closedTail(
            final int meta, final int blade, final int version, final int incarnation) {
        return identity(meta, blade, version, incarnation)
                | (long) TcpPhase.CLOSED.ordinal() << PHASE_SHIFT
                | LAPSED_BIT;
    }

    private static long identity(
            final int meta, final int blade, final int version, final int incarnation) {
        assert meta >>> META_BITS == 0 : meta;
        return (long) (incarnation & SHORT_MASK)
                | (long) (version & SHORT_MASK) << VERSION_SHIFT
                | (long) (blade & SHORT_MASK) << BLADE_SHIFT
                | (long) meta << META_SHIFT;
    }

    /// The same session, its lease over.
    static long lapsed(final long tail) {
        return tail | LAPSED_BIT;
    }

    static boolean isEmpty(final long tail) {
        return tail >>> ORIGIN_SHIFT == 0;
    }

    static boolean isLive(final long tail) {
        return tail >= 0 && !isEmpty(tail);
    }

    static boolean isClosed(final long tail) {
        return tail >>> ORIGIN_SHIFT == STATE_CLOSED;
    }

    static boolean isLiveEmbryonic(final long tail) {
        return isLive(tail) && (tail >>> PHASE_SHIFT & 3) == TcpPhase.EMBRYONIC.ordinal();
    }

    /// Zero when the slot is of this key, as far as the last word can tell.
    static long differenceOfKey(final long tail, final long keyPart) {
        return (tail ^ keyPart) & KEY_PART;
    }

    static long keyPart(final int meta) {
        return (long) meta << META_SHIFT;
    }

    static int meta(final long tail) {
        return (int) ((tail & KEY_PART) >>> META_SHIFT);
    }

    static int incarnation(final long tail) {
        return (int) tail & SHORT_MASK;
    }

    static int version(final long tail) {
        return (int) tail >>> VERSION_SHIFT;
    }

    static int blade(final long tail) {
        return (int) (tail >>> BLADE_SHIFT) & SHORT_MASK;
    }

    static TcpPhase phase(final long tail) {
        return PHASES[(int) (tail >>> PHASE_SHIFT) & 3];
    }

    /// A close is always a blade's word.
    static Origin origin(final long tail) {
        final int code = (int) (tail >>> ORIGIN_SHIFT) & 3;
        return code == 0 ? Origin.ANNOUNCED : Origin.of(code - 1);
    }
}
