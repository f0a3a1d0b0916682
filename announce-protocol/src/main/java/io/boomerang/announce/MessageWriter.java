package io.boomerang.announce;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.boomerang.flow.FlowKey;
import io.boomerang.flow.HashKey;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/// Writes one message at a time as {@link MessageCodec} lays it out. Stateless.
@SuppressWarnings("EnumOrdinal") // the wire has the order of the enums; golden bytes hold it
final class MessageWriter {
    static final int ACKNOWLEDGEMENT = 6;
    static final int STATE_QUERY = 7;
    static final int STATE_ANSWER = 8;
    static final int BUCKET_TABLE = 9;
    static final int EPOCH_INSTALLED = 10;
    static final int SESSION_PULL = 11;
    static final int SESSION_PAGE = 12;
    static final int OWNERS_CHANGED = 13;
    static final int DESIRED_WEIGHT = 14;
    static final int SESSION_DIGESTS = 15;
    static final int DIGEST_DIFFERENCE = 16;
    static final int FLOW_OFFER = 17;
    static final int MOVE_STEP = 18;
    static final int FLOW_MOVED = 19;
    static final int MOVE_ORDER = 20;
    static final int TUPLE_LEASE = 21;
    static final int STEERING_RULE = 22;
    static final int RULE_INSTALLED = 23;
    static final int DESIRED_RULE = 24;

    static final int SESSION_FOLLOWS = 1;
    static final int EVERY_BUCKET = 0;
    static final int RUNS = 1;
    static final int PARTITIONS_FOLLOW = 1;
    static final int FLOWS_MOVE = 1;
    static final int RULE_FOLLOWS = 2;
    static final int HASH_KEY_FOLLOWS = 1;
    static final int NO_POLICY = 0xFF;

    private static final int ACKNOWLEDGEMENT_LENGTH = 13;
    private static final int HOLDER_LENGTH = 2;
    private static final int FIRST_FORMAT_WITH_HOLDER = 2;
    static final int STATE_QUERY_FIXED_LENGTH = 11;
    static final int STATE_ANSWER_FIXED_LENGTH = 9;
    static final int BUCKET_TABLE_FIXED_LENGTH = 10;
    static final int RUN_LENGTH = 4;
    static final int MAX_RUN = 0x1_0000;
    static final int WEIGHTS_FIXED_LENGTH = 2;
    static final int WEIGHT_LENGTH = 6;
    static final int EPOCH_INSTALLED_LENGTH = 9;
    static final int SESSION_PULL_FIXED_LENGTH = 13;
    static final int SESSION_PAGE_FIXED_LENGTH = 18;
    static final int OWNERS_CHANGED_LENGTH = 5;
    static final int DESIRED_WEIGHT_LENGTH = 5;
    static final int SUMS_LENGTH = PartitionSums.PARTITIONS * Long.BYTES;
    static final int DIGEST_DIFFERENCE_LENGTH = 13;
    static final int FLOW_OFFER_FIXED_LENGTH = 11;
    static final int OCTETS_FIXED_LENGTH = 2;
    static final int MOVE_STEP_LENGTH = 17;
    static final int FLOW_MOVED_FIXED_LENGTH = 3;
    static final int MOVE_ORDER_FIXED_LENGTH = 3;
    static final int TUPLE_LEASE_FIXED_LENGTH = 7;
    static final int STEERING_RULE_FIXED_LENGTH = 10;
    static final int RULE_INSTALLED_LENGTH = 9;
    static final int DESIRED_RULE_FIXED_LENGTH = 2;
    static final int HASH_KEY_LENGTH = 16;
    static final int VLAN_LENGTH = 4;

    private static final ValueLayout.OfShort BE16 =
            JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt BE32 =
            JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong BE64 =
            JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private MessageWriter() {}

    static int encodedLength(final ControlMessage message, final int format) {
        return switch (message) {
            case SessionAnnouncement announcement -> AnnouncementCodec.encodedLength(announcement);
            case Acknowledgement acknowledgement ->
                    acknowledgementLength(namesHolder(acknowledgement.outcome(), format));
            case StateQuery(_, FlowKey key) -> queryLength(KeyCodec.shapeOf(key));
            case StateAnswer(_, SessionAnnouncement session) ->
                    STATE_ANSWER_FIXED_LENGTH
                            + (session == null ? 0 : AnnouncementCodec.encodedLength(session));
            case BucketTableUpdate update ->
                    BUCKET_TABLE_FIXED_LENGTH
                            + bucketsLength(update.bladeByBucket())
                            + WEIGHTS_FIXED_LENGTH
                            + update.weightByBlade().size() * WEIGHT_LENGTH;
            case EpochInstalled _ -> EPOCH_INSTALLED_LENGTH;
            case SessionPull pull -> pullLength(pull);
            case SessionPage page -> pageLength(page);
            case OwnersChanged _ -> OWNERS_CHANGED_LENGTH;
            case DesiredWeight _ -> DESIRED_WEIGHT_LENGTH;
            case SessionDigests(SessionPull round, _) -> pullLength(round) + SUMS_LENGTH;
            case DigestDifference _ -> DIGEST_DIFFERENCE_LENGTH;
            case FlowOffer(_, _, Octets flow, Octets state) ->
                    FLOW_OFFER_FIXED_LENGTH
                            + 2 * OCTETS_FIXED_LENGTH
                            + flow.length()
                            + state.length();
            case MoveStep _ -> MOVE_STEP_LENGTH;
            case FlowMoved(_, SessionAnnouncement session) ->
                    FLOW_MOVED_FIXED_LENGTH + AnnouncementCodec.encodedLength(session);
            case MoveOrder(List<Integer> blades) ->
                    MOVE_ORDER_FIXED_LENGTH + blades.size() * Short.BYTES;
            case TupleLease(FlowKey key, _) -> leaseLength(KeyCodec.shapeOf(key));
            case SteeringRule rule -> STEERING_RULE_FIXED_LENGTH + hashKeyLength(rule.hashKey());
            case RuleInstalled _ -> RULE_INSTALLED_LENGTH;
            case DesiredRule desired ->
                    DESIRED_RULE_FIXED_LENGTH + hashKeyLength(desired.hashKey());
        };
    }

    static boolean namesHolder(final Acknowledgement.Outcome outcome, final int format) {
        return outcome == Acknowledgement.Outcome.STALE && format >= FIRST_FORMAT_WITH_HOLDER;
    }

    static int acknowledgementLength(final boolean namesHolder) {
        return ACKNOWLEDGEMENT_LENGTH + (namesHolder ? HOLDER_LENGTH : 0);
    }

    static int leaseLength(final int shape) {
        return TUPLE_LEASE_FIXED_LENGTH
                + ((shape & KeyCodec.VLAN_BIT) != 0 ? VLAN_LENGTH : 0)
                + KeyCodec.bodyLength(shape);
    }

    static int queryLength(final int shape) {
        return STATE_QUERY_FIXED_LENGTH
                + ((shape & KeyCodec.VLAN_BIT) != 0 ? VLAN_LENGTH : 0)
                + KeyCodec.bodyLength(shape);
    }

    private static int pullLength(final SessionPull pull) {
        return SESSION_PULL_FIXED_LENGTH
                + pull.members().size() * Short.BYTES
                + (pull.partitions() == SessionPull.EVERYTHING ? 0 : Long.BYTES)
                + (pull.ruleEpoch() == 0 ? 0 : Long.BYTES);
    }

    private static int hashKeyLength(final @Nullable HashKey key) {
        return key == null ? 0 : HASH_KEY_LENGTH;
    }

    private static int pageLength(final SessionPage page) {
        int length = SESSION_PAGE_FIXED_LENGTH;
        for (final SessionAnnouncement session : page.sessions()) {
            length += AnnouncementCodec.encodedLength(session);
        }
        return length;
    }

    private static int bucketsLength(final short[] blades) {
        return Math.min(blades.length * Short.BYTES, runsIn(blades) * RUN_LENGTH);
    }

    private static int runsIn(final short[] blades) {
        int runs = 0;
        for (int start = 0; start < blades.length; start = runEnd(blades, start)) {
            runs++;
        }
        return runs;
    }

    private static int runEnd(final short[] blades, final int start) {
        final int limit = Math.min(blades.length, start + MAX_RUN);
        int end = start + 1;
        while (end < limit && blades[end] == blades[start]) {
            end++;
        }
        return end;
    }

    /// Writes the message, for which {@link #encodedLength} bytes are there.
    static void write(
            final ControlMessage message,
            final int format,
            final MemorySegment segment,
            final long offset) {
        switch (message) {
            case SessionAnnouncement announcement ->
                    AnnouncementCodec.encode(announcement, segment, offset);
            case Acknowledgement acknowledgement ->
                    writeAcknowledgement(acknowledgement, format, segment, offset);
            case StateQuery query -> writeQuery(query, segment, offset);
            case StateAnswer answer -> writeAnswer(answer, segment, offset);
            case BucketTableUpdate update -> writeBuckets(update, segment, offset);
            case EpochInstalled(long epoch) -> {
                writeFirst(EPOCH_INSTALLED, 0, segment, offset);
                segment.set(BE64, offset + 1, epoch);
            }
            case SessionPull pull -> writePull(SESSION_PULL, pull, segment, offset);
            case SessionPage page -> writePage(page, segment, offset);
            case OwnersChanged(int epoch) -> {
                writeFirst(OWNERS_CHANGED, 0, segment, offset);
                segment.set(BE32, offset + 1, epoch);
            }
            case DesiredWeight(int weight, boolean moves) -> {
                writeFirst(DESIRED_WEIGHT, moves ? FLOWS_MOVE : 0, segment, offset);
                segment.set(BE32, offset + 1, weight);
            }
            case SessionDigests digests -> writeDigests(digests, segment, offset);
            case DigestDifference(int pullId, long partitions) -> {
                writeFirst(DIGEST_DIFFERENCE, 0, segment, offset);
                segment.set(BE32, offset + 1, pullId);
                segment.set(BE64, offset + 5, partitions);
            }
            case FlowOffer offer -> writeOffer(offer, segment, offset);
            case MoveStep(long moveId, long flowId, MoveStep.Step step) -> {
                writeFirst(MOVE_STEP, step.ordinal(), segment, offset);
                segment.set(BE64, offset + 1, moveId);
                segment.set(BE64, offset + 9, flowId);
            }
            case FlowMoved(int former, SessionAnnouncement session) -> {
                writeFirst(FLOW_MOVED, 0, segment, offset);
                segment.set(BE16, offset + 1, (short) former);
                AnnouncementCodec.encode(session, segment, offset + FLOW_MOVED_FIXED_LENGTH);
            }
            case MoveOrder(List<Integer> blades) -> {
                writeFirst(MOVE_ORDER, 0, segment, offset);
                writeNodes(blades, segment, offset + 1);
            }
            case TupleLease lease -> writeLease(lease, segment, offset);
            case SteeringRule(long epoch, SelectionPolicy policy, HashKey key) -> {
                writeFirst(STEERING_RULE, key == null ? 0 : HASH_KEY_FOLLOWS, segment, offset);
                segment.set(BE64, offset + 1, epoch);
                segment.set(JAVA_BYTE, offset + 9, (byte) policy.ordinal());
                writeHashKey(key, segment, offset + STEERING_RULE_FIXED_LENGTH);
            }
            case RuleInstalled(long epoch) -> {
                writeFirst(RULE_INSTALLED, 0, segment, offset);
                segment.set(BE64, offset + 1, epoch);
            }
            case DesiredRule(SelectionPolicy policy, HashKey key) -> {
                writeFirst(DESIRED_RULE, key == null ? 0 : HASH_KEY_FOLLOWS, segment, offset);
                segment.set(
                        JAVA_BYTE,
                        offset + 1,
                        (byte) (policy == null ? NO_POLICY : policy.ordinal()));
                writeHashKey(key, segment, offset + DESIRED_RULE_FIXED_LENGTH);
            }
        }
    }

    private static void writeHashKey(
            final @Nullable HashKey key, final MemorySegment segment, final long offset) {
        if (key != null) {
            segment.set(BE64, offset, key.word0());
            segment.set(BE64, offset + Long.BYTES, key.word1());
        }
    }

    private static void writeFirst(
            final int type, final int detail, final MemorySegment segment, final long offset) {
        segment.set(JAVA_BYTE, offset, (byte) (type << AnnouncementCodec.TYPE_SHIFT | detail));
    }

    private static void writeAcknowledgement(
            final Acknowledgement acknowledgement,
            final int format,
            final MemorySegment segment,
            final long offset) {
        writeFirst(ACKNOWLEDGEMENT, acknowledgement.outcome().ordinal(), segment, offset);
        segment.set(BE64, offset + 1, acknowledgement.flowId());
        segment.set(BE16, offset + 9, (short) acknowledgement.incarnation());
        segment.set(BE16, offset + 11, (short) acknowledgement.version());
        if (namesHolder(acknowledgement.outcome(), format)) {
            segment.set(BE16, offset + 13, (short) acknowledgement.holder());
        }
    }

    private static void writeQuery(
            final StateQuery query, final MemorySegment segment, final long offset) {
        final FlowKey key = query.key();
        final int shape = KeyCodec.shapeOf(key);
        writeFirst(STATE_QUERY, 0, segment, offset);
        segment.set(JAVA_BYTE, offset + 1, (byte) shape);
        segment.set(JAVA_BYTE, offset + 2, (byte) key.protocol());
        segment.set(BE64, offset + 3, query.queryId());
        long at = offset + STATE_QUERY_FIXED_LENGTH;
        if ((shape & KeyCodec.VLAN_BIT) != 0) {
            segment.set(BE32, at, key.vlanDomain());
            at += VLAN_LENGTH;
        }
        KeyCodec.writeBody(key, segment, at);
    }

    private static void writeAnswer(
            final StateAnswer answer, final MemorySegment segment, final long offset) {
        final SessionAnnouncement session = answer.session();
        writeFirst(STATE_ANSWER, session == null ? 0 : SESSION_FOLLOWS, segment, offset);
        segment.set(BE64, offset + 1, answer.queryId());
        if (session != null) {
            AnnouncementCodec.encode(session, segment, offset + STATE_ANSWER_FIXED_LENGTH);
        }
    }

    private static void writePull(
            final int type,
            final SessionPull pull,
            final MemorySegment segment,
            final long offset) {
        final boolean isPartial = pull.partitions() != SessionPull.EVERYTHING;
        final boolean hasRule = pull.ruleEpoch() != 0;
        writeFirst(
                type,
                (isPartial ? PARTITIONS_FOLLOW : 0) | (hasRule ? RULE_FOLLOWS : 0),
                segment,
                offset);
        segment.set(BE32, offset + 1, pull.pullId());
        segment.set(BE32, offset + 5, pull.cursor());
        segment.set(BE16, offset + 9, (short) pull.incarnation());
        long at = writeNodes(pull.members(), segment, offset + 11);
        if (isPartial) {
            segment.set(BE64, at, pull.partitions());
            at += Long.BYTES;
        }
        if (hasRule) {
            segment.set(BE64, at, pull.ruleEpoch());
        }
    }

    private static long writeNodes(
            final List<Integer> nodes, final MemorySegment segment, final long offset) {
        segment.set(BE16, offset, (short) nodes.size());
        long at = offset + Short.BYTES;
        for (final int node : nodes) {
            segment.set(BE16, at, (short) node);
            at += Short.BYTES;
        }
        return at;
    }

    private static void writeOffer(
            final FlowOffer offer, final MemorySegment segment, final long offset) {
        writeFirst(FLOW_OFFER, 0, segment, offset);
        segment.set(BE64, offset + 1, offer.moveId());
        segment.set(BE16, offset + 9, (short) offer.lender());
        final long at = writeOctets(offer.flow(), segment, offset + FLOW_OFFER_FIXED_LENGTH);
        writeOctets(offer.state(), segment, at);
    }

    private static long writeOctets(
            final Octets octets, final MemorySegment segment, final long offset) {
        final int length = octets.length();
        segment.set(BE16, offset, (short) length);
        MemorySegment.copy(
                octets.toArray(), 0, segment, JAVA_BYTE, offset + OCTETS_FIXED_LENGTH, length);
        return offset + OCTETS_FIXED_LENGTH + length;
    }

    private static void writeLease(
            final TupleLease lease, final MemorySegment segment, final long offset) {
        final FlowKey key = lease.key();
        final int shape = KeyCodec.shapeOf(key);
        writeFirst(TUPLE_LEASE, 0, segment, offset);
        segment.set(JAVA_BYTE, offset + 1, (byte) shape);
        segment.set(JAVA_BYTE, offset + 2, (byte) key.protocol());
        segment.set(BE32, offset + 3, lease.leaseMs());
        long at = offset + TUPLE_LEASE_FIXED_LENGTH;
        if ((shape & KeyCodec.VLAN_BIT) != 0) {
            segment.set(BE32, at, key.vlanDomain());
            at += VLAN_LENGTH;
        }
        KeyCodec.writeBody(key, segment, at);
    }

    private static void writeDigests(
            final SessionDigests digests, final MemorySegment segment, final long offset) {
        writePull(SESSION_DIGESTS, digests.round(), segment, offset);
        long at = offset + pullLength(digests.round());
        for (final long sum : digests.sums()) {
            segment.set(BE64, at, sum);
            at += Long.BYTES;
        }
    }

    private static void writePage(
            final SessionPage page, final MemorySegment segment, final long offset) {
        writeFirst(SESSION_PAGE, 0, segment, offset);
        segment.set(BE32, offset + 1, page.pullId());
        segment.set(BE32, offset + 5, page.cursor());
        segment.set(BE32, offset + 9, page.next());
        segment.set(BE32, offset + 13, page.ownersEpoch());
        segment.set(JAVA_BYTE, offset + 17, (byte) page.sessions().size());
        long at = offset + SESSION_PAGE_FIXED_LENGTH;
        for (final SessionAnnouncement session : page.sessions()) {
            AnnouncementCodec.encode(session, segment, at);
            at += AnnouncementCodec.encodedLength(session);
        }
    }

    private static void writeBuckets(
            final BucketTableUpdate update, final MemorySegment segment, final long offset) {
        final short[] blades = update.bladeByBucket();
        final boolean inRuns = runsIn(blades) * RUN_LENGTH < blades.length * Short.BYTES;
        writeFirst(BUCKET_TABLE, inRuns ? RUNS : EVERY_BUCKET, segment, offset);
        segment.set(BE64, offset + 1, update.epoch());
        segment.set(JAVA_BYTE, offset + 9, (byte) Integer.numberOfTrailingZeros(blades.length));
        final long bucketsAt = offset + BUCKET_TABLE_FIXED_LENGTH;
        if (inRuns) {
            writeRuns(blades, segment, bucketsAt);
        } else {
            MemorySegment.copy(blades, 0, segment, BE16, bucketsAt, blades.length);
        }
        writeWeights(update.weightByBlade(), segment, bucketsAt + bucketsLength(blades));
    }

    private static void writeRuns(
            final short[] blades, final MemorySegment segment, final long offset) {
        long at = offset;
        for (int start = 0; start < blades.length; ) {
            final int end = runEnd(blades, start);
            segment.set(BE16, at, (short) (end - start - 1));
            segment.set(BE16, at + 2, blades[start]);
            at += RUN_LENGTH;
            start = end;
        }
    }

    private static void writeWeights(
            final SortedMap<Integer, Integer> weights,
            final MemorySegment segment,
            final long offset) {
        segment.set(BE16, offset, (short) weights.size());
        long at = offset + WEIGHTS_FIXED_LENGTH;
        for (final Map.Entry<Integer, Integer> weight : weights.entrySet()) {
            segment.set(BE16, at, weight.getKey().shortValue());
            segment.set(BE32, at + 2, weight.getValue());
            at += WEIGHT_LENGTH;
        }
    }
}
