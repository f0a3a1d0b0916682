package io.boomerang.sim.chassis;

import io.boomerang.cluster.ClusterChannel;
import io.boomerang.cluster.JGroupsChannel;
import io.boomerang.cluster.JGroupsConfig;
import io.boomerang.cluster.Member;
import io.boomerang.cluster.key.KeyHolder;

import org.jspecify.annotations.Nullable;

/// A control plane of real JGroups channels, all in this process, in the machine's time: over its
/// memory, or with a key over TLS connections of its loopback interface. Their threads are JGroups'
/// own.
public final class JGroupsCluster implements ClusterSource {
    private final JGroupsConfig config;

    /// @param key of all nodes; null for none
    public JGroupsCluster(final @Nullable KeyHolder key) {
        // chassis of one process do not find each other: no two are made in one nanosecond
        final String name = "chassis-" + System.nanoTime();
        config =
                key == null
                        ? JGroupsConfig.inMemory(name)
                        : JGroupsConfig.loopback(name).withKey(key);
    }

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
