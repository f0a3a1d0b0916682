package io.boomerang.sim.chassis;

import io.boomerang.backplane.Backplane;
import io.boomerang.backplane.RelayConfig;
import io.boomerang.backplane.RelayCounters;
import io.boomerang.backplane.RelayingBackplane;
import io.boomerang.backplane.SteeringHeader;
import io.boomerang.cluster.BatchingSender;
import io.boomerang.cluster.ClusterChannel;
import io.boomerang.cluster.ControlInbox;
import io.boomerang.cluster.Member;
import io.boomerang.flow.ParseReason;
import io.boomerang.node.store.DurableSessions;
import io.boomerang.node.store.NodeStore;
import io.boomerang.node.store.RestoredNode;
import io.boomerang.redirector.steering.DropReason;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// A node of a simulated chassis, tied to its control point and, by way of relays where links are
/// broken, to the backplane; and the time for which it stands still. Used by the chassis' thread.
abstract sealed class ChassisNode
        implements ControlInbox.Node, Backplane.Receiver, RelayingBackplane.Drops, AutoCloseable
        permits RedirectorNode, ProcessingNode {
    final Member member;
    final ChassisClock clock;
    final ChassisObserver observer;
    final RelayingBackplane relay;
    final BatchingSender sender;
    final ControlPoint control;
    private @Nullable DurableSessions durable;
    private @Nullable RestoredNode restored;
    private final SteeringHeader header = new SteeringHeader();
    private boolean paused;
    private long pausedNs;

    ChassisNode(
            final Member member,
            final ClusterChannel channel,
            final ChassisBackplane backplane,
            final ChassisClock clock,
            final ChassisObserver observer,
            final long delayNs) {
        this.member = member;
        this.clock = clock;
        this.observer = observer;
        relay =
                new RelayingBackplane(
                        RelayConfig.DEFAULTS,
                        member,
                        this,
                        this,
                        receiver -> backplane.connect(member.node(), receiver));
        sender = new BatchingSender(channel);
        control = new ControlPoint(channel, sender, this, delayNs);
    }

    /// Takes back what an earlier run left and keeps sessions there from now on.
    void keep(final NodeStore store, final long nowNs) {
        final DurableSessions kept = durable(store, nowNs);
        durable = kept;
        restored = kept.restored();
    }

    abstract DurableSessions durable(NodeStore store, long nowNs);

    /// What a store would have on disk now.
    abstract Remains remains(long nowNs);

    /// Takes back what an earlier life of this node left, before its first view.
    abstract void takeBack(Remains remains, long nowNs);

    /// What an earlier run left; null when nothing is kept.
    @Nullable RestoredNode restored() {
        return restored;
    }

    /// The node is to end without a word, and what it has not written yet is lost.
    void abandonStore() {
        if (durable != null) {
            durable.abandon();
            durable = null;
        }
    }

    /// Nobody changes the node's sessions any more.
    void closeStore() {
        if (durable != null) {
            durable.close();
            durable = null;
        }
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

    /// A way to a node has been asked for, and there is none.
    @Override
    public void onNoPath(final int destination) {
        observer.onNoPath(member.node(), destination, clock.nowNs());
    }

    @Override
    public void onNotRelayed(
            final RelayingBackplane.Reason reason,
            final MemorySegment datagram,
            final long offset,
            final int length) {
        if (!header.decode(datagram, offset, length)) {
            return; // no packet of this chassis; the relay has counted it
        }
        observer.onDropped(
                member.node(),
                header.packetNumber(),
                switch (reason) {
                    case NO_PATH -> DropReason.NO_PATH;
                    case TOO_FAR -> DropReason.HOP_LIMIT;
                    case FULL -> DropReason.BACKPLANE_FULL;
                    case STRANGER -> DropReason.BACKPLANE_MALFORMED;
                },
                ParseReason.NONE,
                clock.nowNs());
    }

    RelayCounters relayCounters() {
        return relay.counters();
    }

    void onTimer(final long nowNs) {
        relay.onTimer(nowNs);
        if (durable != null) {
            durable.onTimer(nowNs);
        }
    }

    /// The epoch of the rule that it goes by.
    abstract long ruleEpoch();

    /// True when nothing of this node is under way that time could overtake.
    abstract boolean isIdle();

    @Override
    public abstract void close();
}
