package io.boomerang.sim.chassis;

import io.boomerang.announce.ControlMessage;
import io.boomerang.cluster.ClusterChannel;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.Member;
import io.boomerang.port.FrameOutlet;
import io.boomerang.redirector.steering.Redirector;
import io.boomerang.redirector.store.Restoration;
import io.boomerang.redirector.store.SessionSource;
import io.boomerang.redirector.store.StoreKind;
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
    RestoredNode restore(final NodeStore from, final long nowNs) {
        final long wallMs = System.currentTimeMillis();
        final long[] taken = new long[1];
        final Restoration restoration =
                from.restore(
                        StoreKind.REDIRECTOR,
                        member,
                        new SessionSource(redirector.sessions()),
                        record -> {
                            final StoredSession session = StoredSession.read(record);
                            if (session != null && redirector.restore(session, wallMs, nowNs)) {
                                taken[0]++;
                            }
                            return session != null;
                        });
        if (taken[0] > 0) {
            redirector.onRestored(nowNs);
        }
        from.start(nowNs);
        return RestoredNode.of(name(), taken[0], restoration);
    }

    @Override
    void onTimer(final long nowNs) {
        super.onTimer(nowNs);
        redirector.onTimer(nowNs);
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
