package io.boomerang.sim.measure;

import io.boomerang.announce.ControlMessage;
import io.boomerang.backplane.Backplane;
import io.boomerang.cluster.ClusterParameters;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.ControlSender;
import io.boomerang.cluster.Member;
import io.boomerang.redirector.RedirectorConfig;
import io.boomerang.redirector.steering.Redirector;
import io.boomerang.redirector.steering.SteeringObserver;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Map;

/// A redirector of a {@link LoopbackChassis}, and when it joined and had pulled all sessions.
final class LoopbackRedirector implements LoopbackNode.Machine {
    private final Redirector redirector;
    private final Inflow inflow;
    private final Progress progress;

    /// What comes in from outside. By the redirector's thread.
    @FunctionalInterface
    interface Inflow {
        /// Hands over what is due; answers when more is, in nanoseconds from now.
        long deliver(Redirector to, long nowNs);
    }

    /// What other threads may see of it.
    static final class Progress {
        private volatile long joinedNs;
        private volatile long pulledNs;
        private volatile @Nullable Map<String, Long> countersThen;

        /// When it first saw others, by the clock of `System.nanoTime`; 0 before.
        long joinedNs() {
            return joinedNs;
        }

        /// When it had all sessions that it owns or backs up; 0 before.
        long pulledNs() {
            return pulledNs;
        }

        boolean hasPulled() {
            return pulledNs != 0;
        }

        /// What it had counted by then, by the names of `RedirectorCounters`.
        Map<String, Long> countersThen() {
            final Map<String, Long> then = countersThen;
            return then == null ? Map.of() : then;
        }
    }

    LoopbackRedirector(
            final Member self,
            final int sessionCapacity,
            final Backplane backplane,
            final ControlSender control,
            final SteeringObserver observer,
            final Inflow inflow,
            final Progress progress) {
        this.inflow = inflow;
        this.progress = progress;
        redirector =
                new Redirector(
                        RedirectorConfig.DEFAULTS.withSessionCapacity(sessionCapacity),
                        ClusterParameters.DEFAULTS,
                        self,
                        backplane,
                        control,
                        (_, _, _) -> true,
                        observer);
        redirector.sessions().populate();
    }

    @Override
    public void onView(final ClusterView view, final long nowNs) {
        redirector.onView(view, nowNs);
        if (progress.joinedNs == 0 && view.members().size() > 1) {
            progress.joinedNs = nowNs;
        }
    }

    @Override
    public void onMessage(final int fromNode, final ControlMessage message, final long nowNs) {
        redirector.onMessage(fromNode, message, nowNs);
    }

    @Override
    public void onDatagram(
            final int from,
            final MemorySegment datagram,
            final long offset,
            final int length,
            final long nowNs) {
        redirector.onDatagram(from, datagram, offset, length, nowNs);
    }

    @Override
    public long receive(final long nowNs) {
        if (progress.joinedNs != 0 && progress.pulledNs == 0 && redirector.hasPulled()) {
            progress.countersThen = redirector.counters().snapshot();
            progress.pulledNs = nowNs;
        }
        return progress.joinedNs == 0 ? Long.MAX_VALUE : inflow.deliver(redirector, nowNs);
    }

    @Override
    public void onTimer(final long nowNs) {
        redirector.onTimer(nowNs);
    }

    @Override
    public void close() {
        redirector.close();
    }
}
