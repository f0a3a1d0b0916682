package io.boomerang.sim.churn;

import io.boomerang.flow.FlowHash;
import io.boomerang.flow.FlowKey;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/// Connections that come as a Poisson process, and servers that are taken away as another one and
/// are back after a while. All balancers see the same ones.
public final class ChurnRun {
    private static final double SECONDS_PER_MINUTE = 60;

    private final ChurnPlan plan;
    private final SplittableRandom arrivals;
    private final SplittableRandom updates;
    private final FlowHash flowHash;
    private final ServerPool servers;
    private final MaglevEntries entries;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingDouble(Event::seconds));
    private final int[] freeFlows;
    private final FlowKey key = new FlowKey();
    private int freeCount;
    private int connections;

    private ChurnRun(final ChurnPlan plan) {
        this.plan = plan;
        final SplittableRandom random = new SplittableRandom(plan.seed());
        flowHash = new FlowHash(random.nextLong(), random.nextLong());
        arrivals = random.split();
        updates = random.split();
        servers = new ServerPool(plan.servers());
        entries =
                new MaglevEntries(MaglevTable.random(plan.servers() + 1, random.split()), servers);
        freeFlows = new int[plan.connections()];
        for (freeCount = 0; freeCount < freeFlows.length; freeCount++) {
            freeFlows[freeCount] = freeCount;
        }
    }

    /// What ends: a connection, or the absence of a server.
    private record Event(double seconds, boolean isFlow, int number) {}

    /// Simulates one rate of updates.
    ///
    /// @param updatesPerMinute how often a server is taken away, on average
    public static ChurnResult run(final ChurnPlan plan, final double updatesPerMinute) {
        return new ChurnRun(plan).run(updatesPerMinute);
    }

    private ChurnResult run(final double updatesPerMinute) {
        final int mostFlows = plan.connections();
        final MaglevBalancer hashing = new MaglevBalancer(entries, servers, mostFlows, false);
        final MaglevBalancer chaining = new MaglevBalancer(entries, servers, mostFlows, true);
        try (SessionBalancer sessions =
                new SessionBalancer(flowHash, servers, mostFlows, plan.redirectors())) {
            final List<Balancer> balancers = List.of(hashing, chaining, sessions);
            final double updatesPerSecond = updatesPerMinute / SECONDS_PER_MINUTE;
            if (plan.redirectorDies()) {
                advance(balancers, 0, plan.seconds() / 2, updatesPerSecond);
                sessions.killRedirector();
                advance(balancers, plan.seconds() / 2, plan.seconds(), updatesPerSecond);
            } else {
                advance(balancers, 0, plan.seconds(), updatesPerSecond);
            }
            end(balancers);
            return new ChurnResult(
                    updatesPerMinute,
                    connections,
                    hashing.broken(),
                    chaining.broken(),
                    connections * updatesPerSecond * plan.durations().mean() / plan.servers(),
                    sessions.broken(),
                    sessions.moved());
        }
    }

    private void advance(
            final List<Balancer> balancers,
            final double from,
            final double to,
            final double updatesPerSecond) {
        final double arrivalsPerSecond = plan.connections() / plan.durations().mean();
        double arrival = from + gap(arrivals, arrivalsPerSecond);
        double update = from + gap(updates, updatesPerSecond);
        while (true) {
            final Event ending = events.peek();
            final double end = ending == null ? Double.POSITIVE_INFINITY : ending.seconds;
            final double next = Math.min(end, Math.min(arrival, update));
            if (next >= to) {
                return;
            }
            if (ending != null && next == end) {
                events.remove();
                end(ending, balancers);
            } else if (next == arrival) {
                open(balancers, arrival);
                arrival += gap(arrivals, arrivalsPerSecond);
            } else {
                takeDown(balancers, update);
                update += gap(updates, updatesPerSecond);
            }
        }
    }

    private static double gap(final SplittableRandom random, final double perSecond) {
        return perSecond == 0
                ? Double.POSITIVE_INFINITY
                : Distribution.exponential(1 / perSecond).seconds(random.nextDouble());
    }

    private void open(final List<Balancer> balancers, final double seconds) {
        final double duration = plan.durations().seconds(arrivals.nextDouble());
        if (freeCount == 0) {
            return;
        }
        final int flow = freeFlows[--freeCount];
        final int connection = connections++;
        final long hash = SessionBalancer.hash(flowHash, key, connection);
        for (final Balancer balancer : balancers) {
            balancer.open(flow, connection, hash);
        }
        events.add(new Event(seconds + duration, true, flow));
    }

    /// The last server stays.
    private void takeDown(final List<Balancer> balancers, final double seconds) {
        final double downtime = plan.downtimes().seconds(updates.nextDouble());
        if (servers.countUp() == 1) {
            return;
        }
        final int server = servers.anyUp(updates);
        servers.takeDown(server);
        entries.refresh();
        balancers.forEach(Balancer::serversChanged);
        events.add(new Event(seconds + downtime, false, server));
    }

    private void end(final Event ending, final List<Balancer> balancers) {
        if (ending.isFlow) {
            for (final Balancer balancer : balancers) {
                balancer.close(ending.number);
            }
            freeFlows[freeCount++] = ending.number;
        } else {
            servers.bringUp(ending.number);
            entries.refresh();
            balancers.forEach(Balancer::serversChanged);
        }
    }

    /// Lets every connection send its last packet.
    private void end(final List<Balancer> balancers) {
        for (Event left = events.poll(); left != null; left = events.poll()) {
            if (left.isFlow) {
                end(left, balancers);
            }
        }
    }
}
