package io.boomerang.sim.chassis;

import io.boomerang.cluster.ClusterChannel;
import io.boomerang.cluster.Member;

/// Where the nodes of a simulated chassis get their control plane from.
public interface ClusterSource extends AutoCloseable {
    /// A channel for one member, not yet connected.
    ClusterChannel channel(Member member);

    /// Delivers what is due, where messages travel in the chassis' own time; answers how much that
    /// was.
    int deliverDue(long nowNs);

    /// When the next message is due in the chassis' own time; `Long.MAX_VALUE` when none is, or
    /// when messages travel in the machine's time.
    long nextDueNs();

    /// A clock of the kind that these channels need, standing at `startNs`.
    ChassisClock clock(long startNs);

    @Override
    void close();
}
