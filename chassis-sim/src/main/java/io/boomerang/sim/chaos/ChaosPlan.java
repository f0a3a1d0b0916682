package io.boomerang.sim.chaos;

import io.boomerang.announce.DesiredRule;
import io.boomerang.announce.SelectionPolicy;
import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.cluster.Member.Role;
import io.boomerang.flow.HashKey;
import io.boomerang.flow.Side;
import io.boomerang.sim.chassis.NodeNames;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/// A chassis and what is to happen to it.
///
/// @param seed of the networks' behaviour, and of the plan itself
/// @param redirectors on each side
/// @param blades at the start
/// @param policy for new flows
/// @param announce how far sides learn of flows
/// @param embryonicPackets with which packet a blade announces a flow that is not established
/// @param comparisonMs how often redirectors compare what they know with the blades, 0 for never
/// @param events in the order of time
public record ChaosPlan(
        long seed,
        int redirectors,
        int blades,
        SelectionPolicy policy,
        AnnouncePolicy announce,
        int embryonicPackets,
        int comparisonMs,
        List<ChaosEvent> events) {
    /// So often that faults meet every step of a comparison.
    static final int OFTEN_COMPARED_MS = 500;

    /// Then nothing repairs what announcements and answers to packets do not.
    static final int NEVER_COMPARED_MS = 0;

    private static final int FLOWS = 40;
    private static final int LENGTH_MS = 12_000;
    private static final int MOST_FAULTS = 8;
    private static final int NEAR_MS = 1_000;
    private static final int MOST_LIVES = 8;
    private static final int MOST_EMBRYONIC_PACKETS = 8;
    private static final int MOST_NODES = 6;
    private static final int MOST_MOVES = 3;
    private static final int MOST_RULES = 3;
    private static final int FLOWS_BY_A_RULE = 8;

    /// These come from random sources of their own: all other events of a seed are the same with
    /// and without.
    private static final long MOVES = 0x3DE5L;

    private static final long RULES = 0x72756C6573L;
    private static final long COMPARISONS = 0x64696666L;

    private static final List<Role> ROLES = List.of(Role.values());

    public ChaosPlan {
        events = List.copyOf(events);
    }

    /// The plan of a seed. In half of them an operator changes policy and hash key, too, and in
    /// half of them nothing is compared.
    public static ChaosPlan random(final long seed) {
        return withoutRules(seed).andRules().comparedOrNot();
    }

    /// The plan of a seed with blades that drain by moving their flows.
    public static ChaosPlan randomWithMoves(final long seed) {
        return withoutRules(seed).andMoves().andRules().comparedOrNot();
    }

    /// The plan of a seed as long as nobody changes policy or hash key.
    static ChaosPlan withoutRules(final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final int redirectors = 1 + random.nextInt(3);
        final int blades = 2 + random.nextInt(3);
        final SelectionPolicy[] policies = SelectionPolicy.values();
        final AnnouncePolicy[] modes = AnnouncePolicy.values();
        final List<ChaosEvent> events = new ArrayList<>();
        final int faults = 1 + random.nextInt(MOST_FAULTS);
        for (int i = 0; i < faults; i++) {
            events.add(fault(random, redirectors, blades));
        }
        for (int number = 0; number < FLOWS; number++) {
            events.add(flow(random, number, events.get(random.nextInt(faults)).atMs()));
        }
        events.sort(Comparator.comparingInt(ChaosEvent::atMs));
        return new ChaosPlan(
                seed,
                redirectors,
                blades,
                policies[random.nextInt(policies.length)],
                modes[random.nextInt(modes.length)],
                random.nextBoolean() ? 1 : 2 + random.nextInt(MOST_EMBRYONIC_PACKETS - 1),
                OFTEN_COMPARED_MS,
                events);
    }

    /// With blades that drain by moving their flows, most of them close to a fault; some get flows
    /// again later.
    ChaosPlan andMoves() {
        final SplittableRandom random = new SplittableRandom(seed ^ MOVES);
        final List<ChaosEvent> more = new ArrayList<>(events);
        for (int moves = 1 + random.nextInt(MOST_MOVES); moves > 0; moves--) {
            final int nearMs = events.get(random.nextInt(events.size())).atMs();
            final int atMs = Math.max(0, nearMs - NEAR_MS / 2 + random.nextInt(NEAR_MS));
            final String blade = NodeNames.of(NodeNames.blade(random.nextInt(blades)));
            more.add(new ChaosEvent.Move(atMs, blade));
            if (random.nextBoolean()) {
                final int againMs = atMs + 1 + random.nextInt(2 * NEAR_MS);
                more.add(new ChaosEvent.Weight(againMs, blade, 100));
            }
        }
        more.sort(Comparator.comparingInt(ChaosEvent::atMs));
        return with(more);
    }

    /// With an operator who changes policy and hash key, in half of the plans, and flows that begin
    /// by then.
    private ChaosPlan andRules() {
        final SplittableRandom random = new SplittableRandom(seed ^ RULES);
        final int rules = Math.max(0, random.nextInt(2 * MOST_RULES + 1) - MOST_RULES);
        final List<ChaosEvent> more = new ArrayList<>(events);
        for (int i = 0; i < rules; i++) {
            final ChaosEvent rule = rule(random, events.get(random.nextInt(events.size())).atMs());
            more.add(rule);
            for (int flow = 0; flow < FLOWS_BY_A_RULE; flow++) {
                more.add(flow(random, FLOWS + i * FLOWS_BY_A_RULE + flow, rule.atMs()));
            }
        }
        more.sort(Comparator.comparingInt(ChaosEvent::atMs));
        return with(more);
    }

    private ChaosEvent rule(final SplittableRandom random, final int nearMs) {
        final SelectionPolicy[] policies = SelectionPolicy.values();
        final int index = random.nextInt(redirectors);
        return new ChaosEvent.Rule(
                random.nextBoolean() ? nearMs : 200 + random.nextInt(LENGTH_MS),
                NodeNames.of(
                        random.nextBoolean() ? NodeNames.ingress(index) : NodeNames.egress(index)),
                random.nextBoolean()
                        ? new DesiredRule(policies[random.nextInt(policies.length)], null)
                        : new DesiredRule(null, new HashKey(random.nextLong(), random.nextLong())));
    }

    /// @param faultMs when something happens that half of the flows are to meet
    private static ChaosEvent flow(
            final SplittableRandom random, final int number, final int faultMs) {
        final boolean connection = random.nextBoolean();
        final int atMs =
                random.nextBoolean()
                        ? random.nextInt(LENGTH_MS * 3 / 4)
                        : Math.max(0, faultMs - NEAR_MS + random.nextInt(2 * NEAR_MS));
        return new ChaosEvent.Flow(
                atMs,
                number,
                connection,
                connection && random.nextInt(4) == 0 ? Side.EGRESS : Side.INGRESS,
                2 + random.nextInt(30),
                1 + random.nextInt(random.nextBoolean() ? 20 : 600),
                connection && random.nextBoolean() ? 1 + random.nextInt(MOST_LIVES) : 1);
    }

    private static ChaosEvent fault(
            final SplittableRandom random, final int redirectors, final int blades) {
        final int atMs = 200 + random.nextInt(LENGTH_MS);
        return switch (random.nextInt(11)) {
            case 0, 9 -> new ChaosEvent.Join(atMs, ROLES.get(random.nextInt(ROLES.size())));
            case 1, 2 ->
                    new ChaosEvent.Crash(
                            atMs,
                            node(random, redirectors, blades),
                            random.nextBoolean() ? 0 : 1 + random.nextInt(4_000));
            case 3, 4 ->
                    new ChaosEvent.Pause(
                            atMs,
                            node(random, redirectors, blades),
                            random.nextBoolean() ? 1 + random.nextInt(300) : random.nextInt(5_000));
            case 5 ->
                    new ChaosEvent.Weight(
                            atMs,
                            NodeNames.of(NodeNames.blade(random.nextInt(blades))),
                            random.nextBoolean() ? 0 : 1 + random.nextInt(300));
            case 6 -> {
                final List<String> apart = new ArrayList<>();
                final int count = 1 + random.nextInt(MOST_NODES);
                for (int i = 0; i < count; i++) {
                    apart.add(node(random, redirectors, blades));
                }
                yield new ChaosEvent.Divide(atMs, apart, 1 + random.nextInt(4_000));
            }
            case 7 ->
                    new ChaosEvent.BreakLink(
                            atMs,
                            node(random, redirectors, blades),
                            node(random, redirectors, blades),
                            1 + random.nextInt(3_000));
            default ->
                    new ChaosEvent.Storm(
                            atMs,
                            random.nextInt(300),
                            random.nextInt(300),
                            random.nextInt(3_000),
                            1 + random.nextInt(4_000));
        };
    }

    private static String node(
            final SplittableRandom random, final int redirectors, final int blades) {
        return NodeNames.of(
                switch (random.nextInt(3)) {
                    case 0 -> NodeNames.ingress(random.nextInt(redirectors));
                    case 1 -> NodeNames.egress(random.nextInt(redirectors));
                    default -> NodeNames.blade(random.nextInt(blades));
                });
    }

    /// The same chassis with other events.
    public ChaosPlan with(final List<ChaosEvent> otherEvents) {
        return new ChaosPlan(
                seed,
                redirectors,
                blades,
                policy,
                announce,
                embryonicPackets,
                comparisonMs,
                otherEvents);
    }

    private ChaosPlan comparedOrNot() {
        return new SplittableRandom(seed ^ COMPARISONS).nextBoolean()
                ? comparedEvery(NEVER_COMPARED_MS)
                : this;
    }

    /// The same with comparisons so often.
    ChaosPlan comparedEvery(final int ms) {
        return new ChaosPlan(
                seed, redirectors, blades, policy, announce, embryonicPackets, ms, events);
    }
}
