package io.boomerang.sim.chassis;

import io.boomerang.announce.ControlMessage;
import io.boomerang.cluster.ClusterChannel;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.Member;
import io.boomerang.node.store.DurableRedirector;
import io.boomerang.node.store.DurableSessions;
import io.boomerang.node.store.NodeStore;
import io.boomerang.port.FrameOutlet;
import io.boomerang.redirector.steering.Redirector;
import io.boomerang.redirector.store.SessionSource;
import io.boomerang.redirector.store.StoredSession;

import java.lang.foreign.MemorySegment;

/// A redirector of a simulated chassis.
final class RedirectorNode extends ChassisNode implements FrameOutlet {
    final Redirector redirector;

    RedirectorNode(
            final ChassisOptions options,
            final Member member,
            final ClusterChannel channel,
            final ChassisBackplane backplane,
            final ChassisClock clock,
            final ChassisObserver observer) {
        super(member, channel, backplane, clock, observer, options.announcementDelayNs());
        redirector =
                new Redirector(
                        options.redirector(),
                        options.parameters(),
                        member,
                        relay,
                        sender,
                        this,
                        observer);
    }

    @Override
    public void onMessage(final int fromNode, final ControlMessage message, final long nowNs) {
        redirector.onMessage(fromNode, message, nowNs);
    }

    @Override
    public void onView(final ClusterView view, final long nowNs) {
        relay.onView(view);
        redirector.onView(view, nowNs);
    }

    @Override
    public void onDatagram(
            final int fromNode, final MemorySegment datagram, final long offset, final int length) {
        redirector.onDatagram(fromNode, datagram, offset, length, clock.nowNs());
    }

    @Override
    public boolean transmit(final MemorySegment frame, final long offset, final int length) {
        observer.onLeaving(member.node(), redirector.side(), frame, offset, length, clock.nowNs());
        return true;
    }

    @Override
    void onResumed(final long pauseNs, final long nowNs) {
        if (pauseNs > Redirector.PAUSE_NS) {
            redirector.onPause(nowNs);
        }
    }

    @Override
    DurableSessions durable(final NodeStore store, final long nowNs) {
        return DurableRedirector.keep(store, redirector, nowNs);
    }

    @Override
    Remains remains(final long nowNs) {
        return Remains.of(new SessionSource(redirector.sessions()), nowNs);
    }

    @Override
    void takeBack(final Remains remains, final long nowNs) {
        final boolean[] any = new boolean[1];
        remains.forEach(record -> {
            final StoredSession session = StoredSession.read(record);
            any[0] |= session != null && redirector.restore(session, Remains.wallMs(nowNs), nowNs);
        });
        if (any[0]) {
            redirector.onRestored(nowNs);
        }
    }

    @Override
    void onTimer(final long nowNs) {
        super.onTimer(nowNs);
        redirector.onTimer(nowNs);
    }

    @Override
    long ruleEpoch() {
        return redirector.rule().epoch();
    }

    @Override
    boolean isIdle() {
        return redirector.isIdle();
    }

    @Override
    public void close() {
        control.close();
        closeStore();
        redirector.close();
    }
}
