package io.boomerang.sim.chassis;

import io.boomerang.backplane.Backplane;
import io.boomerang.cluster.BatchingSender;
import io.boomerang.cluster.ClusterChannel;
import io.boomerang.cluster.Member;

/// A node of a simulated chassis, tied to its control point, and the time for which it stands
/// still. Used by the chassis' thread.
abstract sealed class ChassisNode implements ControlPoint.Node, Backplane.Receiver, AutoCloseable
        permits RedirectorNode, ProcessingNode {
    final Member member;
    final BatchingSender sender;
    final ControlPoint control;
    private boolean paused;
    private long pausedNs;

    ChassisNode(final Member member, final ClusterChannel channel, final long delayNs) {
        this.member = member;
        sender = new BatchingSender(channel);
        control = new ControlPoint(channel, sender, this, delayNs);
    }

    String name() {
        return member.name();
    }

    boolean isPaused() {
        return paused;
    }

    void pause(final long nowNs) {
        paused = true;
        pausedNs = nowNs;
    }

    void resume(final long nowNs) {
        paused = false;
        onResumed(nowNs - pausedNs, nowNs);
    }

    abstract void onResumed(long pauseNs, long nowNs);

    abstract void onTimer(long nowNs);

    /// True when nothing of this node is under way that time could overtake.
    abstract boolean isIdle();

    @Override
    public abstract void close();
}
