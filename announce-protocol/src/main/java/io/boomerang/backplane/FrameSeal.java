package io.boomerang.backplane;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.boomerang.cluster.Member;
import io.boomerang.wire.NetworkOrder;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// Marks a node's datagrams with a keyed tag, and knows those of the other nodes by theirs. The tag
/// is a GENEVE option right behind the base header; receivers take it out again.
///
/// ```
///  0x06 tag
///            0  key id
///            1  zero
///            2  node that sends
///            4  incarnation of that node (2 bytes), sequence number (6 bytes)
///           12  tag
/// ```
///
/// The tag is SipHash-2-4 of: the receiving node (2 bytes), the length of the datagram and that of
/// its covered part (3 bytes each), the datagram up to the tag, and the covered part behind it.
/// That ends as many bytes after the frame's begin as both sides are configured to cover. Sequence
/// numbers count the datagrams of one incarnation to one receiver, from 1.
///
/// So without a key nobody can make a datagram that any node believes, nor have one believed twice,
/// by another receiver, or cut short. What this does not give: secrecy; a bound on who of the key's
/// holders sent something; the bytes of a frame beyond those covered, which somebody on the path
/// may change in a datagram that he also holds back; and freshness on a receiver that has just
/// started and was shown an old record before it has heard from its sender or its view.
///
/// Used by one thread. Allocates nothing, except once for each node heard.
public final class FrameSeal {
    /// How much longer a sealed datagram is.
    public static final int BYTES = SteeringHeader.OPTION_HEADER_LENGTH + 20;

    /// Covers frames as a whole.
    public static final int WHOLE_FRAME = 0xFFFF;

    /// What a tag costs least for: the headers by which a frame is steered.
    public static final int USUAL_FRAME_BYTES = 64;

    private static final int TYPE = 0x06;
    private static final int HEADER =
            SteeringHeader.OPTION_CLASS << 16
                    | TYPE << 8
                    | BYTES - SteeringHeader.OPTION_HEADER_LENGTH >>> 2;
    private static final int AT = SteeringHeader.BASE_LENGTH;
    private static final int KEY_ID = AT + 4;
    private static final int ZERO = AT + 5;
    private static final int NODE = AT + 6;
    private static final int SEQUENCE = AT + 8;
    private static final int TAG = AT + 16;
    private static final int END = AT + BYTES;
    private static final int SEQUENCE_BITS = 48;
    private static final long MAX_SEQUENCE = (1L << SEQUENCE_BITS) - 1;

    private final ChassisKeys keys;
    private final int self;
    private final long incarnation;
    private final int frameBytes;
    private final ReplayGuard guard = new ReplayGuard();
    private final SipHash hash = new SipHash();
    private final long[] sequenceByNode = new long[Member.MAX_NODE + 1];
    private int from;

    /// What a received datagram turned out to be.
    public enum Verdict {
        GENUINE,
        /// Too short, or no GENEVE header.
        MALFORMED,
        /// Without a tag.
        UNTAGGED,
        /// Its key is none of ours.
        UNKNOWN_KEY,
        /// Not made with the key, not for this node, or changed on the way.
        WRONG_TAG,
        /// Seen before, too old to be told from such, or of an incarnation that is over.
        REPLAYED
    }

    /// @param frameBytes how much of a frame the tag covers, 0 to {@link #WHOLE_FRAME}, in bytes;
    ///   equal on all nodes
    public FrameSeal(
            final ChassisKeys keys, final int self, final int incarnation, final int frameBytes) {
        if (frameBytes < 0 || frameBytes > WHOLE_FRAME) {
            throw new IllegalArgumentException(
                    "frameBytes " + frameBytes + " is outside 0.." + WHOLE_FRAME);
        }
        this.keys = keys;
        this.self = self;
        this.incarnation = incarnation;
        this.frameBytes = frameBytes;
    }

    /// Seals the datagram of `length` bytes that stands {@link #BYTES} behind `offset`, which then
    /// begins at `offset`. False when this incarnation has used up its numbers for that node, after
    /// 2^48 datagrams.
    public boolean seal(
            final MemorySegment segment, final long offset, final int length, final int toNode) {
        final long sequence = sequenceByNode[toNode] + 1;
        if (sequence > MAX_SEQUENCE) {
            return false;
        }
        sequenceByNode[toNode] = sequence;
        final ChassisKeys.Key key = keys.signing();
        MemorySegment.copy(segment, offset + BYTES, segment, offset, AT);
        segment.set(JAVA_BYTE, offset, (byte) (segment.get(JAVA_BYTE, offset) + (BYTES >>> 2)));
        segment.set(NetworkOrder.INT, offset + AT, HEADER);
        segment.set(JAVA_BYTE, offset + KEY_ID, (byte) key.id());
        segment.set(JAVA_BYTE, offset + ZERO, (byte) 0);
        segment.set(NetworkOrder.SHORT, offset + NODE, (short) self);
        segment.set(NetworkOrder.LONG, offset + SEQUENCE, incarnation << SEQUENCE_BITS | sequence);
        final long tag = tag(key, segment, offset, length + BYTES, toNode);
        segment.set(NetworkOrder.LONG, offset + TAG, tag);
        return true;
    }

    /// Judges a received datagram and, if it is genuine, takes the tag out: it then begins {@link
    /// #BYTES} behind `offset` and comes from {@link #from()}.
    public Verdict open(final MemorySegment segment, final long offset, final int length) {
        if (length < AT || optionsEnd(segment, offset) > length) {
            return Verdict.MALFORMED;
        }
        if (optionsEnd(segment, offset) < END
                || segment.get(NetworkOrder.INT, offset + AT) != HEADER) {
            return Verdict.UNTAGGED;
        }
        final ChassisKeys.@Nullable Key key =
                keys.key(Byte.toUnsignedInt(segment.get(JAVA_BYTE, offset + KEY_ID)));
        if (key == null) {
            return Verdict.UNKNOWN_KEY;
        }
        final int node = Short.toUnsignedInt(segment.get(NetworkOrder.SHORT, offset + NODE));
        if (tag(key, segment, offset, length, self) != segment.get(NetworkOrder.LONG, offset + TAG)
                || node < 1
                || node > Member.MAX_NODE) {
            return Verdict.WRONG_TAG;
        }
        final long sequence = segment.get(NetworkOrder.LONG, offset + SEQUENCE);
        if (!guard.take(node, (int) (sequence >>> SEQUENCE_BITS), sequence & MAX_SEQUENCE)) {
            return Verdict.REPLAYED;
        }
        from = node;
        MemorySegment.copy(segment, offset, segment, offset + BYTES, AT);
        segment.set(
                JAVA_BYTE,
                offset + BYTES,
                (byte) (segment.get(JAVA_BYTE, offset + BYTES) - (BYTES >>> 2)));
        return Verdict.GENUINE;
    }

    private static int optionsEnd(final MemorySegment segment, final long offset) {
        return AT + ((segment.get(JAVA_BYTE, offset) & SteeringHeader.LENGTH_MASK) << 2);
    }

    private long tag(
            final ChassisKeys.Key key,
            final MemorySegment segment,
            final long offset,
            final int length,
            final int receiver) {
        final int covered = Math.min(length, optionsEnd(segment, offset) + frameBytes);
        hash.start(key.word0(), key.word1());
        hash.word(Long.reverseBytes((long) receiver << 48 | (long) length << 24 | covered));
        hash.words(segment, offset, offset + TAG);
        return hash.finish(segment, offset + END, covered - END);
    }

    /// The node that sent the last genuine datagram.
    public int from() {
        return from;
    }

    /// The node is of this incarnation, as the view says.
    public void expect(final int node, final int newIncarnation) {
        guard.expect(node, newIncarnation);
    }
}
