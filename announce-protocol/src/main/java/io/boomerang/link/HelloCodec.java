package io.boomerang.link;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The bytes of a hello: records of what nodes say of themselves, first the sender's own, then
/// those of nodes that the receiver does not hear.
///
/// ```
///  record   0  node
///           2  incarnation
///           4  sequence: grows with each hello of the node, around 32 bits
///           8  first word of the set that follows
///           9  words that follow; those that are left out are zero
///          10  zero
///          12  the nodes that it does not hear: node 64 w + b is bit b of word w
/// ```
public final class HelloCodec {
    /// Fits into the smallest datagram that every network carries whole (RFC 8200, section 5),
    /// under headers of 80 bytes.
    public static final int MAX_BYTES = 1_200;

    private static final int INCARNATION = 2;
    private static final int SEQUENCE = 4;
    private static final int FIRST_WORD = 8;
    private static final int WORD_COUNT = 9;
    private static final int ZERO = 10;
    private static final int FIXED_BYTES = 12;

    private static final ValueLayout.OfShort BE16 =
            JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt BE32 =
            JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong BE64 =
            JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private HelloCodec() {}

    // Writing

    /// Whether `to` learns of this peer only if somebody tells it.
    private static boolean isNeeded(final Peer peer, final Peer own, final Peer to) {
        return peer != own
                && peer != to
                && peer.known
                && !peer.isLost
                && (to.isQuiet || !to.hears(peer.node));
    }

    /// What finds no room comes first in the next hello.
    static int write(
            final Peer[] members,
            final Peer own,
            final Peer to,
            final MemorySegment segment,
            final long offset) {
        final long limit = offset + MAX_BYTES;
        long at = offset + writeRecord(own, segment, offset);
        final int largest = FIXED_BYTES + own.silent.length * Long.BYTES;
        final int start = to.cursor;
        for (int i = 0; i < members.length; i++) {
            final int index = (start + i) % members.length;
            if (isNeeded(members[index], own, to)) {
                if (limit - at < largest) {
                    to.cursor = index;
                    break;
                }
                at += writeRecord(members[index], segment, at);
            }
        }
        return (int) (at - offset);
    }

    private static int writeRecord(final Peer peer, final MemorySegment segment, final long at) {
        final long[] silent = peer.silent;
        int first = 0;
        int end = silent.length;
        while (first < end && silent[first] == 0) {
            first++;
        }
        while (end > first && silent[end - 1] == 0) {
            end--;
        }
        segment.set(BE16, at, (short) peer.node);
        segment.set(BE16, at + INCARNATION, (short) peer.incarnation);
        segment.set(BE32, at + SEQUENCE, peer.sequence);
        segment.set(JAVA_BYTE, at + FIRST_WORD, (byte) first);
        segment.set(JAVA_BYTE, at + WORD_COUNT, (byte) (end - first));
        segment.set(BE16, at + ZERO, (short) 0);
        for (int word = first; word < end; word++) {
            segment.set(BE64, at + FIXED_BYTES + (word - first) * 8L, silent[word]);
        }
        return FIXED_BYTES + (end - first) * Long.BYTES;
    }

    // Reading

    /// Whether every record is whole, and the first one the sender's.
    static boolean isWellFormed(
            final int from,
            final int words,
            final MemorySegment segment,
            final long offset,
            final int length) {
        final long end = offset + length;
        if (length < FIXED_BYTES || offset < 0 || segment.byteSize() - offset < length) {
            return false;
        }
        if (node(segment, offset) != from) {
            return false;
        }
        long at = offset;
        while (at < end) {
            if (end - at < FIXED_BYTES
                    || end - at < recordBytes(segment, at)
                    || firstWord(segment, at) + wordCount(segment, at) > words
                    || segment.get(BE16, at + ZERO) != 0) {
                return false;
            }
            at += recordBytes(segment, at);
        }
        return true;
    }

    static int recordBytes(final MemorySegment segment, final long at) {
        return FIXED_BYTES + wordCount(segment, at) * Long.BYTES;
    }

    static int node(final MemorySegment segment, final long at) {
        return Short.toUnsignedInt(segment.get(BE16, at));
    }

    static int incarnation(final MemorySegment segment, final long at) {
        return Short.toUnsignedInt(segment.get(BE16, at + INCARNATION));
    }

    static int sequence(final MemorySegment segment, final long at) {
        return segment.get(BE32, at + SEQUENCE);
    }

    private static int firstWord(final MemorySegment segment, final long at) {
        return Byte.toUnsignedInt(segment.get(JAVA_BYTE, at + FIRST_WORD));
    }

    private static int wordCount(final MemorySegment segment, final long at) {
        return Byte.toUnsignedInt(segment.get(JAVA_BYTE, at + WORD_COUNT));
    }

    /// Makes `silent` the record's set; answers whether that is another one than before.
    static boolean copySilent(final MemorySegment segment, final long at, final long[] silent) {
        final int first = firstWord(segment, at);
        final int end = first + wordCount(segment, at);
        boolean isOther = false;
        for (int word = 0; word < silent.length; word++) {
            final long value =
                    word >= first && word < end
                            ? segment.get(BE64, at + FIXED_BYTES + (word - first) * 8L)
                            : 0;
            isOther |= silent[word] != value;
            silent[word] = value;
        }
        return isOther;
    }
}
