package io.boomerang.announce;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.boomerang.announce.DecodeResult.Invalid;
import io.boomerang.announce.DecodeResult.UnknownType;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.HashKey;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Reads the messages of one batch, one after the other, and stops at the first that is not as
/// {@link MessageCodec} lays it out. Used by one thread, once.
final class MessageReader {
    private static final ValueLayout.OfShort BE16 =
            JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt BE32 =
            JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong BE64 =
            JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final Acknowledgement.Outcome[] OUTCOMES = Acknowledgement.Outcome.values();
    private static final MoveStep.Step[] STEPS = MoveStep.Step.values();
    private static final SelectionPolicy[] POLICIES = SelectionPolicy.values();

    private final MemorySegment batch;
    private final int format;
    private final long limit;

    private long position;
    private int bucketsLeft = BucketTableUpdate.MAX_BUCKETS;
    private DecodeResult refusal = new Invalid("nothing was read");

    MessageReader(final MemorySegment batch, final int format, final long position) {
        this.batch = batch;
        this.format = format;
        this.limit = batch.byteSize();
        this.position = position;
    }

    /// The next message; null when there is none, then {@link #refusal} says why.
    @Nullable ControlMessage next() {
        final long start = position;
        final ControlMessage message = read();
        if (message != null && message.firstFormat() > format) {
            position = start;
            return refuse("format " + format + " has no such message");
        }
        return message;
    }

    private @Nullable ControlMessage read() {
        if (position >= limit) {
            return refuse("batch has fewer messages than it states");
        }
        final int first = Byte.toUnsignedInt(batch.get(JAVA_BYTE, position));
        final int type = first >>> AnnouncementCodec.TYPE_SHIFT;
        final int detail = first & AnnouncementCodec.DETAIL_MASK;
        return switch (type) {
            case 1, 2, 3, 4, AnnouncementCodec.LAST_TYPE -> announcement();
            case MessageWriter.ACKNOWLEDGEMENT -> acknowledgement(detail);
            case MessageWriter.STATE_QUERY -> query(detail);
            case MessageWriter.STATE_ANSWER -> answer(detail);
            case MessageWriter.BUCKET_TABLE -> buckets(detail);
            case MessageWriter.EPOCH_INSTALLED -> epochInstalled(detail);
            case MessageWriter.SESSION_PULL -> pull(detail);
            case MessageWriter.SESSION_PAGE -> page(detail);
            case MessageWriter.OWNERS_CHANGED -> ownersChanged(detail);
            case MessageWriter.DESIRED_WEIGHT -> desiredWeight(detail);
            case MessageWriter.SESSION_DIGESTS -> digests(detail);
            case MessageWriter.DIGEST_DIFFERENCE -> difference(detail);
            case MessageWriter.FLOW_OFFER -> offer(detail);
            case MessageWriter.MOVE_STEP -> step(detail);
            case MessageWriter.FLOW_MOVED -> moved(detail);
            case MessageWriter.MOVE_ORDER -> order(detail);
            case MessageWriter.TUPLE_LEASE -> lease(detail);
            case MessageWriter.STEERING_RULE -> steeringRule(detail);
            case MessageWriter.RULE_INSTALLED -> ruleInstalled(detail);
            case MessageWriter.DESIRED_RULE -> desiredRule(detail);
            default -> {
                refusal = new UnknownType(type);
                yield null;
            }
        };
    }

    DecodeResult refusal() {
        return refusal;
    }

    boolean isAtEnd() {
        return position == limit;
    }

    private @Nullable SessionAnnouncement announcement() {
        final String reason = AnnouncementCodec.refusal(batch, position, (int) (limit - position));
        if (reason != null) {
            refusal = new Invalid(reason);
            return null;
        }
        final SessionAnnouncement announcement = AnnouncementCodec.read(batch, position);
        position += AnnouncementCodec.encodedLength(announcement);
        return announcement;
    }

    private @Nullable ControlMessage acknowledgement(final int outcome) {
        if (outcome >= OUTCOMES.length) {
            return refuse("acknowledgement has an unknown outcome");
        }
        final boolean namesHolder = MessageWriter.namesHolder(OUTCOMES[outcome], format);
        final int length = MessageWriter.acknowledgementLength(namesHolder);
        if (isShort(length)) {
            return refuse("acknowledgement is cut short");
        }
        final Acknowledgement acknowledgement =
                new Acknowledgement(
                        batch.get(BE64, position + 1),
                        Short.toUnsignedInt(batch.get(BE16, position + 9)),
                        Short.toUnsignedInt(batch.get(BE16, position + 11)),
                        OUTCOMES[outcome],
                        namesHolder ? Short.toUnsignedInt(batch.get(BE16, position + 13)) : 0);
        position += length;
        return acknowledgement;
    }

    private @Nullable ControlMessage query(final int detail) {
        if (detail != 0) {
            return refuse("state query has unknown flags");
        }
        if (isShort(MessageWriter.STATE_QUERY_FIXED_LENGTH)) {
            return refuse("state query ends within its fixed part");
        }
        final long queryId = batch.get(BE64, position + 3);
        final FlowKey key = key("state query", MessageWriter.STATE_QUERY_FIXED_LENGTH);
        return key == null ? null : new StateQuery(queryId, key);
    }

    /// The key of a message that has its shape and its protocol behind the first byte, and the rest
    /// of it behind its fixed part; goes on to what follows it.
    private @Nullable FlowKey key(final String message, final int fixedLength) {
        final int shape = Byte.toUnsignedInt(batch.get(JAVA_BYTE, position + 1));
        final int protocol = Byte.toUnsignedInt(batch.get(JAVA_BYTE, position + 2));
        if ((shape & ~KeyCodec.SHAPE_MASK) != 0 || !KeyCodec.isLegalShape(shape)) {
            return refuseKey(message + " has a key of an unknown shape");
        }
        final boolean hasVlan = (shape & KeyCodec.VLAN_BIT) != 0;
        position += fixedLength;
        if (isShort((hasVlan ? MessageWriter.VLAN_LENGTH : 0) + KeyCodec.bodyLength(shape))) {
            return refuseKey(message + " ends within its key");
        }
        final int vlanDomain = hasVlan ? batch.get(BE32, position) : 0;
        position += hasVlan ? MessageWriter.VLAN_LENGTH : 0;
        if (hasVlan && vlanDomain == 0) {
            return refuseKey(message + " has an empty VLAN domain");
        }
        if (!KeyCodec.isLegalBody(shape, batch, position)) {
            return refuseKey(message + " has a key that is not canonical");
        }
        final FlowKey key = new FlowKey();
        KeyCodec.readBody(shape, protocol, vlanDomain, batch, position, key);
        position += KeyCodec.bodyLength(shape);
        return key;
    }

    private @Nullable FlowKey refuseKey(final String reason) {
        refusal = new Invalid(reason);
        return null;
    }

    private @Nullable ControlMessage answer(final int detail) {
        if (detail > MessageWriter.SESSION_FOLLOWS) {
            return refuse("state answer has unknown flags");
        }
        if (isShort(MessageWriter.STATE_ANSWER_FIXED_LENGTH)) {
            return refuse("state answer is cut short");
        }
        final long queryId = batch.get(BE64, position + 1);
        position += MessageWriter.STATE_ANSWER_FIXED_LENGTH;
        if (detail != MessageWriter.SESSION_FOLLOWS) {
            return new StateAnswer(queryId, null);
        }
        final SessionAnnouncement session = announcement();
        return session == null ? null : new StateAnswer(queryId, session);
    }

    private @Nullable ControlMessage buckets(final int detail) {
        if (detail > MessageWriter.RUNS) {
            return refuse("bucket table has an unknown form");
        }
        if (isShort(MessageWriter.BUCKET_TABLE_FIXED_LENGTH)) {
            return refuse("bucket table is cut short");
        }
        final long epoch = batch.get(BE64, position + 1);
        final int logarithm = Byte.toUnsignedInt(batch.get(JAVA_BYTE, position + 9));
        if (logarithm > BucketTableUpdate.MAX_BUCKETS_LOGARITHM || 1 << logarithm > bucketsLeft) {
            return refuse("bucket tables have more buckets than a batch may bring");
        }
        final int count = 1 << logarithm;
        position += MessageWriter.BUCKET_TABLE_FIXED_LENGTH;
        if (detail == MessageWriter.EVERY_BUCKET && isShort(count * Short.BYTES)) {
            return refuse("bucket table ends within its buckets");
        }
        bucketsLeft -= count;
        final short[] blades = new short[count];
        if (detail == MessageWriter.EVERY_BUCKET) {
            MemorySegment.copy(batch, BE16, position, blades, 0, count);
            position += (long) count * Short.BYTES;
        } else if (!readRuns(blades)) {
            return refuse("bucket table has runs that do not fill it");
        }
        final SortedMap<Integer, Integer> weights = new TreeMap<>();
        return readWeights(weights)
                ? new BucketTableUpdate(epoch, blades, weights)
                : refuse("bucket table has weights that are cut short or out of order");
    }

    private boolean readWeights(final SortedMap<Integer, Integer> into) {
        if (isShort(MessageWriter.WEIGHTS_FIXED_LENGTH)) {
            return false;
        }
        final int count = Short.toUnsignedInt(batch.get(BE16, position));
        position += MessageWriter.WEIGHTS_FIXED_LENGTH;
        int before = 0;
        for (int i = 0; i < count; i++) {
            if (isShort(MessageWriter.WEIGHT_LENGTH)) {
                return false;
            }
            final int blade = Short.toUnsignedInt(batch.get(BE16, position));
            final int weight = batch.get(BE32, position + 2);
            if (blade <= before || weight < 0 || weight > BucketTableUpdate.MAX_WEIGHT) {
                return false;
            }
            into.put(blade, weight);
            before = blade;
            position += MessageWriter.WEIGHT_LENGTH;
        }
        return true;
    }

    private boolean readRuns(final short[] blades) {
        for (int filled = 0; filled < blades.length; ) {
            if (isShort(MessageWriter.RUN_LENGTH)) {
                return false;
            }
            final int run = Short.toUnsignedInt(batch.get(BE16, position)) + 1;
            if (run > blades.length - filled) {
                return false;
            }
            Arrays.fill(blades, filled, filled + run, batch.get(BE16, position + 2));
            position += MessageWriter.RUN_LENGTH;
            filled += run;
        }
        return true;
    }

    private @Nullable ControlMessage epochInstalled(final int detail) {
        if (detail != 0) {
            return refuse("epoch message has unknown flags");
        }
        if (isShort(MessageWriter.EPOCH_INSTALLED_LENGTH)) {
            return refuse("epoch message is cut short");
        }
        final long epoch = batch.get(BE64, position + 1);
        position += MessageWriter.EPOCH_INSTALLED_LENGTH;
        return new EpochInstalled(epoch);
    }

    private @Nullable SessionPull pull(final int detail) {
        if (detail > (MessageWriter.PARTITIONS_FOLLOW | MessageWriter.RULE_FOLLOWS)) {
            return refusePull("session pull has unknown flags");
        }
        if (isShort(MessageWriter.SESSION_PULL_FIXED_LENGTH)) {
            return refusePull("session pull is cut short");
        }
        final int pullId = batch.get(BE32, position + 1);
        final int cursor = batch.get(BE32, position + 5);
        final int incarnation = Short.toUnsignedInt(batch.get(BE16, position + 9));
        position += MessageWriter.SESSION_PULL_FIXED_LENGTH - Short.BYTES;
        final List<Integer> members = nodes();
        if (members == null) {
            return refusePull("session pull has members that are cut short or out of order");
        }
        final boolean isPartial = (detail & MessageWriter.PARTITIONS_FOLLOW) != 0;
        final boolean hasRule = (detail & MessageWriter.RULE_FOLLOWS) != 0;
        if (isShort((isPartial ? Long.BYTES : 0) + (hasRule ? Long.BYTES : 0))) {
            return refusePull("session pull ends within its partitions or its rule");
        }
        final long partitions = isPartial ? takeLong() : SessionPull.EVERYTHING;
        if (isPartial && partitions == SessionPull.EVERYTHING) {
            return refusePull("session pull names no partition");
        }
        final long ruleEpoch = hasRule ? takeLong() : 0;
        if (hasRule && ruleEpoch == 0) {
            return refusePull("session pull names no rule");
        }
        return new SessionPull(pullId, cursor, incarnation, members, partitions, ruleEpoch);
    }

    /// Of which it is known that it is there.
    private long takeLong() {
        final long word = batch.get(BE64, position);
        position += Long.BYTES;
        return word;
    }

    /// Node ids in ascending order, their number before them.
    private @Nullable List<Integer> nodes() {
        final int count = Short.toUnsignedInt(batch.get(BE16, position));
        position += Short.BYTES;
        if (isShort(count * Short.BYTES)) {
            return null;
        }
        final List<Integer> nodes = new ArrayList<>(count);
        int before = 0;
        for (int i = 0; i < count; i++) {
            final int node = Short.toUnsignedInt(batch.get(BE16, position));
            if (node <= before) {
                return null;
            }
            nodes.add(node);
            before = node;
            position += Short.BYTES;
        }
        return nodes;
    }

    private @Nullable SessionPull refusePull(final String reason) {
        refusal = new Invalid(reason);
        return null;
    }

    private @Nullable ControlMessage digests(final int detail) {
        if ((detail & ~MessageWriter.RULE_FOLLOWS) != 0) {
            return refuse("session digests have unknown flags");
        }
        final SessionPull round = pull(detail);
        if (round == null) {
            return null;
        }
        if (isShort(MessageWriter.SUMS_LENGTH)) {
            return refuse("session digests are cut short");
        }
        final List<Long> sums = new ArrayList<>(PartitionSums.PARTITIONS);
        for (int i = 0; i < PartitionSums.PARTITIONS; i++) {
            sums.add(takeLong());
        }
        return new SessionDigests(round, sums);
    }

    private @Nullable ControlMessage difference(final int detail) {
        if (detail != 0) {
            return refuse("digest difference has unknown flags");
        }
        if (isShort(MessageWriter.DIGEST_DIFFERENCE_LENGTH)) {
            return refuse("digest difference is cut short");
        }
        final int pullId = batch.get(BE32, position + 1);
        final long partitions = batch.get(BE64, position + 5);
        position += MessageWriter.DIGEST_DIFFERENCE_LENGTH;
        return new DigestDifference(pullId, partitions);
    }

    private @Nullable ControlMessage page(final int detail) {
        if (detail != 0) {
            return refuse("session page has unknown flags");
        }
        if (isShort(MessageWriter.SESSION_PAGE_FIXED_LENGTH)) {
            return refuse("session page is cut short");
        }
        final int pullId = batch.get(BE32, position + 1);
        final int cursor = batch.get(BE32, position + 5);
        final int next = batch.get(BE32, position + 9);
        final int ownersEpoch = batch.get(BE32, position + 13);
        final int count = Byte.toUnsignedInt(batch.get(JAVA_BYTE, position + 17));
        if (count > SessionPage.MAX_SESSIONS) {
            return refuse("session page has more sessions than a page may have");
        }
        position += MessageWriter.SESSION_PAGE_FIXED_LENGTH;
        final List<SessionAnnouncement> sessions = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            final SessionAnnouncement session = announcement();
            if (session == null) {
                return null;
            }
            sessions.add(session);
        }
        return new SessionPage(pullId, cursor, next, ownersEpoch, sessions);
    }

    private @Nullable ControlMessage ownersChanged(final int detail) {
        if (detail != 0) {
            return refuse("owners message has unknown flags");
        }
        if (isShort(MessageWriter.OWNERS_CHANGED_LENGTH)) {
            return refuse("owners message is cut short");
        }
        final int epoch = batch.get(BE32, position + 1);
        position += MessageWriter.OWNERS_CHANGED_LENGTH;
        return new OwnersChanged(epoch);
    }

    private @Nullable ControlMessage desiredWeight(final int detail) {
        if (detail > MessageWriter.FLOWS_MOVE) {
            return refuse("weight message has unknown flags");
        }
        if (isShort(MessageWriter.DESIRED_WEIGHT_LENGTH)) {
            return refuse("weight message is cut short");
        }
        final int weight = batch.get(BE32, position + 1);
        if (weight < 0 || weight > BucketTableUpdate.MAX_WEIGHT) {
            return refuse("weight message has a weight that is out of range");
        }
        position += MessageWriter.DESIRED_WEIGHT_LENGTH;
        if (detail == MessageWriter.FLOWS_MOVE && weight != 0) {
            return refuse("weight message moves flows to a blade that gets new ones");
        }
        return new DesiredWeight(weight, detail == MessageWriter.FLOWS_MOVE);
    }

    private @Nullable ControlMessage offer(final int detail) {
        if (detail != 0) {
            return refuse("flow offer has unknown flags");
        }
        if (isShort(MessageWriter.FLOW_OFFER_FIXED_LENGTH)) {
            return refuse("flow offer is cut short");
        }
        final long moveId = batch.get(BE64, position + 1);
        final int lender = Short.toUnsignedInt(batch.get(BE16, position + 9));
        position += MessageWriter.FLOW_OFFER_FIXED_LENGTH;
        final Octets flow = octets();
        final Octets state = flow == null ? null : octets();
        return flow == null || state == null
                ? refuse("flow offer has bytes that are cut short or too many")
                : new FlowOffer(moveId, lender, flow, state);
    }

    private @Nullable Octets octets() {
        if (isShort(MessageWriter.OCTETS_FIXED_LENGTH)) {
            return null;
        }
        final int length = Short.toUnsignedInt(batch.get(BE16, position));
        position += MessageWriter.OCTETS_FIXED_LENGTH;
        if (isShort(length) || length > Octets.MAX_LENGTH) {
            return null;
        }
        final byte[] bytes = batch.asSlice(position, length).toArray(JAVA_BYTE);
        position += length;
        return Octets.copyOf(bytes);
    }

    private @Nullable ControlMessage step(final int step) {
        if (step >= STEPS.length) {
            return refuse("move has an unknown step");
        }
        if (isShort(MessageWriter.MOVE_STEP_LENGTH)) {
            return refuse("move step is cut short");
        }
        final long moveId = batch.get(BE64, position + 1);
        final long flowId = batch.get(BE64, position + 9);
        position += MessageWriter.MOVE_STEP_LENGTH;
        return new MoveStep(moveId, flowId, STEPS[step]);
    }

    private @Nullable ControlMessage moved(final int detail) {
        if (detail != 0) {
            return refuse("flow moved has unknown flags");
        }
        if (isShort(MessageWriter.FLOW_MOVED_FIXED_LENGTH)) {
            return refuse("flow moved is cut short");
        }
        final int former = Short.toUnsignedInt(batch.get(BE16, position + 1));
        position += MessageWriter.FLOW_MOVED_FIXED_LENGTH;
        final SessionAnnouncement session = announcement();
        if (session == null) {
            return null;
        }
        return former == 0 || session.kind() != SessionAnnouncement.Kind.MOVE
                ? refuse("flow moved names no former blade or no move")
                : new FlowMoved(former, session);
    }

    private @Nullable ControlMessage order(final int detail) {
        if (detail != 0) {
            return refuse("move order has unknown flags");
        }
        if (isShort(MessageWriter.MOVE_ORDER_FIXED_LENGTH)) {
            return refuse("move order is cut short");
        }
        position++;
        final List<Integer> blades = nodes();
        return blades == null
                ? refuse("move order has blades that are cut short or out of order")
                : new MoveOrder(blades);
    }

    private @Nullable ControlMessage lease(final int detail) {
        if (detail != 0) {
            return refuse("tuple lease has unknown flags");
        }
        if (isShort(MessageWriter.TUPLE_LEASE_FIXED_LENGTH)) {
            return refuse("tuple lease is cut short");
        }
        final int leaseMs = batch.get(BE32, position + 3);
        if (leaseMs < 0) {
            return refuse("tuple lease is longer than a lease may be");
        }
        final FlowKey key = key("tuple lease", MessageWriter.TUPLE_LEASE_FIXED_LENGTH);
        return key == null ? null : new TupleLease(key, leaseMs);
    }

    private @Nullable ControlMessage steeringRule(final int detail) {
        if (detail > MessageWriter.HASH_KEY_FOLLOWS) {
            return refuse("steering rule has unknown flags");
        }
        if (isShort(MessageWriter.STEERING_RULE_FIXED_LENGTH + hashKeyLength(detail))) {
            return refuse("steering rule is cut short");
        }
        final long epoch = batch.get(BE64, position + 1);
        final int policy = Byte.toUnsignedInt(batch.get(JAVA_BYTE, position + 9));
        if (policy >= POLICIES.length) {
            return refuse("steering rule has an unknown policy");
        }
        position += MessageWriter.STEERING_RULE_FIXED_LENGTH;
        return new SteeringRule(epoch, POLICIES[policy], takeHashKey(detail));
    }

    private @Nullable ControlMessage ruleInstalled(final int detail) {
        if (detail != 0) {
            return refuse("rule epoch message has unknown flags");
        }
        if (isShort(MessageWriter.RULE_INSTALLED_LENGTH)) {
            return refuse("rule epoch message is cut short");
        }
        final long epoch = batch.get(BE64, position + 1);
        position += MessageWriter.RULE_INSTALLED_LENGTH;
        return new RuleInstalled(epoch);
    }

    private @Nullable ControlMessage desiredRule(final int detail) {
        if (detail > MessageWriter.HASH_KEY_FOLLOWS) {
            return refuse("desired rule has unknown flags");
        }
        if (isShort(MessageWriter.DESIRED_RULE_FIXED_LENGTH + hashKeyLength(detail))) {
            return refuse("desired rule is cut short");
        }
        final int policy = Byte.toUnsignedInt(batch.get(JAVA_BYTE, position + 1));
        if (policy >= POLICIES.length && policy != MessageWriter.NO_POLICY) {
            return refuse("desired rule has an unknown policy");
        }
        position += MessageWriter.DESIRED_RULE_FIXED_LENGTH;
        return new DesiredRule(
                policy == MessageWriter.NO_POLICY ? null : POLICIES[policy], takeHashKey(detail));
    }

    private static int hashKeyLength(final int detail) {
        return detail == MessageWriter.HASH_KEY_FOLLOWS ? MessageWriter.HASH_KEY_LENGTH : 0;
    }

    private @Nullable HashKey takeHashKey(final int detail) {
        return detail == MessageWriter.HASH_KEY_FOLLOWS
                ? new HashKey(takeLong(), takeLong())
                : null;
    }

    private boolean isShort(final int length) {
        return limit - position < length;
    }

    private @Nullable ControlMessage refuse(final String reason) {
        refusal = new Invalid(reason);
        return null;
    }
}
