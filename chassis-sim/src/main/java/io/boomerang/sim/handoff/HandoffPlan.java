package io.boomerang.sim.handoff;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/// What is to happen in one run.
///
/// @param seed of everything that is random in it
/// @param redirectors of the ingress side
/// @param blades that serve
/// @param connections that clients open
/// @param faultPercent of the transfers' datagrams lost, as many repeated, reordered and changed
/// @param moves of connections from blade to blade that are begun while they last
/// @param deaths of nodes
public record HandoffPlan(
        long seed,
        int redirectors,
        int blades,
        int connections,
        int faultPercent,
        int moves,
        List<Death> deaths) {
    /// A node dies in the middle of a transfer.
    ///
    /// @param datagram of transfers, counted from 1, with whose arrival the node dies
    /// @param role which of the nodes of that transfer
    public record Death(int datagram, Role role) {}

    /// What a node does in a transfer.
    public enum Role {
        CLASSIFIER,
        FORWARDER,
        HOST
    }

    private static final Role[] ROLES = Role.values();

    public HandoffPlan {
        deaths = List.copyOf(deaths);
    }

    /// The plan of a seed.
    public static HandoffPlan random(final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final int connections = 1 + random.nextInt(12);
        final int faultPercent = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(20);
        final List<Death> deaths = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            deaths.add(
                    new Death(
                            1 + random.nextInt(40 * connections),
                            ROLES[random.nextInt(ROLES.length)]));
        }
        return new HandoffPlan(
                seed,
                1 + random.nextInt(3),
                3 + random.nextInt(3),
                connections,
                faultPercent,
                random.nextInt(4 * connections),
                deaths);
    }

    /// The same with as few deaths, connections, moves and faults as still fail.
    public HandoffPlan shrink(final Predicate<HandoffPlan> fails) {
        HandoffPlan least = this;
        for (final Death death : deaths) {
            least = least.orIfItFails(least.without(death), fails);
        }
        least = least.orIfItFails(least.with(0, least.moves, least.connections), fails);
        least = least.orIfItFails(least.with(least.faultPercent, 0, least.connections), fails);
        for (int fewer = 1; fewer < connections; fewer++) {
            final HandoffPlan smaller = least.with(least.faultPercent, least.moves, fewer);
            if (fails.test(smaller)) {
                return smaller;
            }
        }
        return least;
    }

    private HandoffPlan orIfItFails(final HandoffPlan smaller, final Predicate<HandoffPlan> fails) {
        return fails.test(smaller) ? smaller : this;
    }

    private HandoffPlan without(final Death death) {
        final List<Death> others = new ArrayList<>(deaths);
        others.remove(death);
        return new HandoffPlan(seed, redirectors, blades, connections, faultPercent, moves, others);
    }

    private HandoffPlan with(
            final int newFaultPercent, final int newMoves, final int newConnections) {
        return new HandoffPlan(
                seed, redirectors, blades, newConnections, newFaultPercent, newMoves, deaths);
    }
}
