package io.boomerang.sim.chassis;

import io.boomerang.cluster.ClusterChannel;
import io.boomerang.cluster.JGroupsChannel;
import io.boomerang.cluster.JGroupsConfig;
import io.boomerang.cluster.Member;

/// A control plane of real JGroups channels, all in this process, in the machine's time. Their
/// threads are JGroups' own.
public final class JGroupsCluster implements ClusterSource {
    /// Chassis of one process do not find each other: no two are made in one nanosecond.
    private final JGroupsConfig config = JGroupsConfig.inMemory("chassis-" + System.nanoTime());

    @Override
    public ClusterChannel channel(final Member member) {
        return new JGroupsChannel(config, member);
    }

    @Override
    public int deliverDue(final long nowNs) {
        return 0;
    }

    @Override
    public long nextDueNs() {
        return Long.MAX_VALUE;
    }

    @Override
    public ChassisClock clock(final long startNs) {
        return new RunningClock(startNs, System::nanoTime);
    }

    /// Every node closes its own channel.
    @Override
    public void close() {}
}
