package io.boomerang.sim.chassis;

import io.boomerang.cluster.ClusterChannel;
import io.boomerang.cluster.InMemoryCluster;
import io.boomerang.cluster.Member;

/// A control plane in memory, in the chassis' own time: equal seeds give equal runs.
public final class MemoryCluster implements ClusterSource {
    private static final long LEAST_LATENCY_NS = 50_000L;
    private static final long MOST_LATENCY_NS = 250_000L;

    private final InMemoryCluster cluster;

    /// @param seed of the messages' latencies
    /// @param startNs the time at which the chassis starts
    public MemoryCluster(final long seed, final long startNs) {
        cluster = new InMemoryCluster(seed, LEAST_LATENCY_NS, MOST_LATENCY_NS, startNs);
    }

    @Override
    public ClusterChannel channel(final Member member) {
        return cluster.join(member);
    }

    @Override
    public int deliverDue(final long nowNs) {
        return cluster.deliverDue(nowNs);
    }

    @Override
    public long nextDueNs() {
        return cluster.nextDueNs();
    }

    @Override
    public ChassisClock clock(final long startNs) {
        return new SteppedClock(startNs);
    }

    @Override
    public void close() {}
}
