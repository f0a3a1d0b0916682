package io.boomerang.announce;

import io.boomerang.flow.FlowKey;
import io.boomerang.flow.HashKey;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// Legal messages of all kinds, with the extremes more often than chance would have them.
public final class RandomMessages {
    private final RandomGenerator random;

    public RandomMessages(final RandomGenerator random) {
        this.random = random;
    }

    public FlowKey key() {
        return key(random.nextBoolean(), random.nextInt(3), random.nextInt(256), vlanDomain());
    }

    private int vlanDomain() {
        return random.nextInt(4) == 0 ? random.nextInt() | 1 : 0;
    }

    private FlowKey key(
            final boolean ipv6, final int kind, final int protocol, final int vlanDomain) {
        final int port = kind == FlowKey.KIND_ADDRESSES ? 0 : uint16();
        final int otherPort = kind == FlowKey.KIND_PORTS ? uint16() : port;
        final FlowKey key = new FlowKey();
        if (ipv6) {
            key.setIpv6(
                    protocol, kind, word(), word(), port, word(), word(), otherPort, vlanDomain);
        } else {
            key.setIpv4(protocol, kind, (int) word(), port, (int) word(), otherPort, vlanDomain);
        }
        return key;
    }

    private long word() {
        return switch (random.nextInt(8)) {
            case 0 -> 0L;
            case 1 -> -1L;
            case 2 -> Long.MIN_VALUE;
            default -> random.nextLong();
        };
    }

    private int uint16() {
        return switch (random.nextInt(8)) {
            case 0 -> 0;
            case 1 -> 0xFFFF;
            default -> random.nextInt(0x1_0000);
        };
    }

    public SessionAnnouncement announcement() {
        final boolean ipv6 = random.nextBoolean();
        final int kind = random.nextInt(3);
        final int protocol = random.nextInt(256);
        final int vlanDomain = vlanDomain();
        final FlowKey key = key(ipv6, kind, protocol, vlanDomain);
        final FlowKey original = random.nextBoolean() ? key : key(ipv6, kind, protocol, vlanDomain);
        final var kinds = SessionAnnouncement.Kind.values();
        final var phases = TcpPhase.values();
        return new SessionAnnouncement(
                kinds[random.nextInt(kinds.length)],
                key,
                original,
                word(),
                Math.max(1, uint16()),
                uint16(),
                uint16(),
                uint16() * SessionAnnouncement.LEASE_STEP_MS,
                phases[random.nextInt(phases.length)]);
    }

    public ControlMessage message() {
        return switch (random.nextInt(23)) {
            case 0 -> acknowledgement();
            case 1 -> new StateQuery(word(), key());
            case 2 -> new StateAnswer(word(), announcement());
            case 3 -> new StateAnswer(word(), null);
            case 4 ->
                    new BucketTableUpdate(
                            word(), blades(1 << random.nextInt(9)), weights(random.nextInt(4)));
            case 5 -> new EpochInstalled(word());
            case 6 -> new SessionPull((int) word(), (int) word(), uint16(), nodes());
            case 7 -> page();
            case 8 -> new OwnersChanged((int) word());
            case 9 ->
                    random.nextInt(4) == 0
                            ? new DesiredWeight(0, true)
                            : new DesiredWeight(random.nextInt(BucketTableUpdate.MAX_WEIGHT + 1));
            case 10 -> partialPull();
            case 11 -> digests();
            case 12 -> new DigestDifference((int) word(), word());
            case 13 -> new FlowOffer(word(), uint16(), octets(), octets());
            case 14 -> step();
            case 15 -> moved();
            case 16 -> new MoveOrder(nodes());
            case 17 -> new TupleLease(key(), (int) (word() >>> 33));
            case 18 -> new SteeringRule(word(), policy(), hashKey());
            case 19 -> new RuleInstalled(word());
            case 20 -> new DesiredRule(random.nextBoolean() ? policy() : null, hashKey());
            default -> announcement();
        };
    }

    private Octets octets() {
        final byte[] bytes =
                new byte[random.nextInt(random.nextInt(8) == 0 ? Octets.MAX_LENGTH / 16 : 20)];
        random.nextBytes(bytes);
        return Octets.copyOf(bytes);
    }

    private MoveStep step() {
        final var steps = MoveStep.Step.values();
        return new MoveStep(word(), word(), steps[random.nextInt(steps.length)]);
    }

    private FlowMoved moved() {
        final SessionAnnouncement any = announcement();
        return new FlowMoved(
                Math.max(1, uint16()),
                new SessionAnnouncement(
                        SessionAnnouncement.Kind.MOVE,
                        any.key(),
                        any.original(),
                        any.flowId(),
                        any.blade(),
                        any.incarnation(),
                        any.version(),
                        any.leaseMs(),
                        any.phase()));
    }

    private SessionPull partialPull() {
        return new SessionPull(
                (int) word(),
                (int) word(),
                uint16(),
                nodes(),
                random.nextLong() | 1,
                random.nextBoolean() ? 0 : random.nextLong() | 1);
    }

    private SelectionPolicy policy() {
        final SelectionPolicy[] policies = SelectionPolicy.values();
        return policies[random.nextInt(policies.length)];
    }

    private @Nullable HashKey hashKey() {
        return random.nextBoolean() ? null : new HashKey(word(), word());
    }

    private SessionDigests digests() {
        final SessionPull round = new SessionPull((int) word(), (int) word(), uint16(), nodes());
        return new SessionDigests(
                round, Stream.generate(this::word).limit(PartitionSums.PARTITIONS).toList());
    }

    private List<Integer> nodes() {
        return random.ints(random.nextInt(5), 1, 0x1_0000).distinct().sorted().boxed().toList();
    }

    private SessionPage page() {
        final List<SessionAnnouncement> sessions = new ArrayList<>();
        final int count = random.nextInt(4);
        for (int i = 0; i < count; i++) {
            sessions.add(announcement());
        }
        return new SessionPage((int) word(), (int) word(), (int) word(), (int) word(), sessions);
    }

    private Acknowledgement acknowledgement() {
        final var outcomes = Acknowledgement.Outcome.values();
        final var outcome = outcomes[random.nextInt(outcomes.length)];
        return new Acknowledgement(
                word(),
                uint16(),
                uint16(),
                outcome,
                outcome == Acknowledgement.Outcome.STALE ? uint16() : 0);
    }

    private SortedMap<Integer, Integer> weights(final int count) {
        final SortedMap<Integer, Integer> weights = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            weights.put(
                    1 + random.nextInt(0xFFFF), random.nextInt(BucketTableUpdate.MAX_WEIGHT + 1));
        }
        return weights;
    }

    /// Alternating runs, or each bucket by itself.
    public short[] blades(final int count) {
        final short[] blades = new short[count];
        final int change = random.nextBoolean() ? 1 : 20;
        for (int i = 0; i < count; i++) {
            blades[i] =
                    i > 0 && random.nextInt(change) > 0 ? blades[i - 1] : (short) random.nextInt();
        }
        return blades;
    }
}
