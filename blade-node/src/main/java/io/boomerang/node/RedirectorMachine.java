package io.boomerang.node;

import io.boomerang.announce.ControlMessage;
import io.boomerang.backplane.Backplane;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.ControlSender;
import io.boomerang.cluster.Member;
import io.boomerang.node.config.ChassisConfig;
import io.boomerang.node.store.DurableRedirector;
import io.boomerang.node.store.DurableSessions;
import io.boomerang.node.store.NodeStore;
import io.boomerang.node.store.RestoredNode;
import io.boomerang.port.FrameBurst;
import io.boomerang.port.PacketPort;
import io.boomerang.redirector.mtu.PacketFit;
import io.boomerang.redirector.steering.Redirector;
import io.boomerang.redirector.steering.RedirectorCounters;
import io.boomerang.redirector.steering.SteeringObserver;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// A redirector with the interface to its outside network.
///
/// Draining closes the outside: nothing comes in any more. What waits goes on; sessions are with
/// their owners and blades anyhow.
final class RedirectorMachine implements NodeMachine {
    private static final int BURST = 256;

    private final PacketPort outside;
    private final PacketFit fit;
    private final boolean fits;
    private final Redirector redirector;
    private final FrameBurst burst = new FrameBurst(BURST);
    private @Nullable DurableSessions durable;
    private boolean draining;

    RedirectorMachine(
            final ChassisConfig config,
            final Member self,
            final PacketPort outside,
            final PacketFit fit,
            final Backplane backplane,
            final ControlSender control) {
        this.outside = outside;
        this.fit = fit;
        fits = !fit.isNeeded();
        redirector =
                new Redirector(
                        config.redirector(),
                        config.parameters(),
                        self,
                        backplane,
                        control,
                        outside,
                        SteeringObserver.NONE);
    }

    @Override
    public RestoredNode keep(final NodeStore store, final long nowNs) {
        final DurableSessions kept = DurableRedirector.keep(store, redirector, nowNs);
        durable = kept;
        return kept.restored();
    }

    @Override
    public int receive(final long nowNs) {
        if (draining) {
            return 0;
        }
        final int received = outside.receive(burst);
        for (int i = 0; i < received; i++) {
            final MemorySegment frame = burst.segment(i);
            final long offset = burst.offset(i);
            final int length = burst.length(i);
            if (fits || fit.admit(frame, offset, length, nowNs)) {
                redirector.onFrame(frame, offset, length, 0, nowNs);
            }
        }
        return received;
    }

    @Override
    public void onDatagram(
            final int fromNode,
            final MemorySegment datagram,
            final long offset,
            final int length,
            final long nowNs) {
        redirector.onDatagram(fromNode, datagram, offset, length, nowNs);
    }

    @Override
    public void onMessage(final int fromNode, final ControlMessage message, final long nowNs) {
        redirector.onMessage(fromNode, message, nowNs);
    }

    @Override
    public void onView(final ClusterView view, final ControlSender control, final long nowNs) {
        redirector.onView(view, nowNs);
    }

    @Override
    public void onPause(final long nowNs) {
        redirector.onPause(nowNs);
    }

    @Override
    public int onTimer(final ControlSender control, final long nowNs) {
        if (durable != null) {
            durable.onTimer(nowNs);
        }
        return redirector.onTimer(nowNs);
    }

    @Override
    public void flush() {
        outside.flush();
    }

    @Override
    public void drain(final ControlSender control, final long nowNs) {
        draining = true;
    }

    @Override
    public boolean isDrained() {
        return redirector.isIdle();
    }

    @Override
    public int[] descriptors() {
        return outside.descriptors();
    }

    @Override
    public String summary() {
        final RedirectorCounters counters = redirector.counters();
        final StringBuilder text = new StringBuilder();
        counters.snapshot()
                .forEach((name, count) -> {
                    if (count != 0) {
                        text.append(name.replace('-', '_')).append('=').append(count).append(' ');
                    }
                });
        if (!fits) {
            text.append("mss_clamped=").append(fit.clamped());
            text.append(" too_big_replied=").append(fit.replied());
            text.append(" too_big_unanswered=").append(fit.unanswered()).append(' ');
        }
        return text
                + "port="
                + outside.counters()
                + (durable == null ? "" : " " + durable.counters());
    }

    @Override
    public void close() {
        if (durable != null) {
            durable.close();
        }
        redirector.close();
        fit.close();
        outside.close();
    }
}
