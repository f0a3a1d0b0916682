package io.boomerang.sim.measure;

import io.boomerang.announce.ControlMessage;
import io.boomerang.announce.DecodeResult;
import io.boomerang.announce.MessageCodec;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.backplane.InMemoryBackplane;
import io.boomerang.cluster.BatchingSender;
import io.boomerang.cluster.ClusterChannel;
import io.boomerang.cluster.ClusterListener;
import io.boomerang.cluster.ClusterParameters;
import io.boomerang.cluster.ClusterView;
import io.boomerang.redirector.RedirectorConfig;
import io.boomerang.redirector.session.Installation;
import io.boomerang.redirector.steering.Redirector;
import io.boomerang.redirector.steering.SteeringObserver;
import io.boomerang.sim.report.LatencyRecorder;
import io.boomerang.sim.report.StallRecorder;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/// A redirector as it runs in a chassis, without packets: takes announcements in, acknowledges
/// them, and measures how old they are when their session is installed. Their flow ids tell when
/// they were made, by the clock that all processes of a machine share.
final class InstallingRedirector implements ClusterListener, SteeringObserver, AutoCloseable {
    private static final double NS_PER_SECOND = 1e9;
    private static final int SESSIONS = 1 << 20;
    private static final int WAITING_BATCHES = 1 << 16;
    private static final int BACKPLANE_BYTES = 1 << 20;
    private static final long TIMER_NS = 1_000_000L;
    private static final long PAUSE_NS = 20_000L;

    @SuppressWarnings("ArrayRecordComponent") // a copy that nobody changes or compares
    private record Batch(int fromNode, byte[] bytes) {}

    private final Queue<Batch> inbox = new LinkedBlockingQueue<>(WAITING_BATCHES);
    private final AtomicReference<@Nullable ClusterView> newView = new AtomicReference<>();
    private final InMemoryBackplane backplane = new InMemoryBackplane(BACKPLANE_BYTES);
    private final ClusterChannel channel;
    private final BatchingSender sender;
    private final Redirector redirector;

    private LatencyRecorder latency = new LatencyRecorder();
    private long lastTimerNs;
    private int memberCount;
    private long installed;

    InstallingRedirector(final ClusterChannel channel) {
        this.channel = channel;
        sender = new BatchingSender(channel);
        redirector =
                new Redirector(
                        RedirectorConfig.DEFAULTS.withSessionCapacity(SESSIONS),
                        ClusterParameters.DEFAULTS,
                        channel.self(),
                        backplane.connect(channel.self().node(), (_, _, _, _) -> {}),
                        sender,
                        (_, _, _) -> true,
                        this);
    }

    @Override
    public void onAnnounced(
            final int node,
            final int fromNode,
            final SessionAnnouncement announcement,
            final Installation installation,
            final boolean carried,
            final long nowNs) {
        if (installation == Installation.INSTALLED) {
            installed++;
        }
    }

    void connect() {
        channel.connect(this);
    }

    @Override
    public void onMessage(
            final int fromNode, final byte[] buffer, final int offset, final int length) {
        if (!inbox.offer(
                new Batch(fromNode, Arrays.copyOfRange(buffer, offset, offset + length)))) {
            throw new IllegalStateException("more than " + WAITING_BATCHES + " batches wait");
        }
    }

    @Override
    public void onView(final ClusterView view) {
        newView.set(view);
    }

    /// Works until both members are there, or the time is up; answers whether they are.
    boolean awaitBlade(final long limitNs) {
        final long startNs = System.nanoTime();
        while (memberCount < 2 && System.nanoTime() - startNs < limitNs) {
            work();
        }
        return memberCount == 2;
    }

    Figure workFor(final long durationNs) {
        latency = new LatencyRecorder();
        installed = 0;
        try (StallRecorder stalls = new StallRecorder()) {
            stalls.start();
            final long workedNs = work(durationNs);
            return new Figure(
                    installed * NS_PER_SECOND / workedNs, latency.sent(), stalls.stalls());
        }
    }

    private long work(final long durationNs) {
        final long startNs = System.nanoTime();
        long nowNs = startNs;
        while (nowNs - startNs < durationNs) {
            work();
            nowNs = System.nanoTime();
        }
        return nowNs - startNs;
    }

    private void work() {
        final long nowNs = System.nanoTime();
        boolean idle = true;
        final ClusterView view = newView.get() == null ? null : newView.getAndSet(null);
        if (view != null) {
            memberCount = view.members().size();
            redirector.onView(view, nowNs);
        }
        final Batch batch = inbox.poll();
        if (batch != null) {
            idle = false;
            install(batch, nowNs);
        }
        if (nowNs - lastTimerNs >= TIMER_NS) {
            lastTimerNs = nowNs;
            redirector.onTimer(nowNs);
        }
        sender.flush();
        if (idle) {
            LockSupport.parkNanos(PAUSE_NS);
        }
    }

    private void install(final Batch batch, final long nowNs) {
        final DecodeResult result =
                MessageCodec.decode(batch.bytes, 0, batch.bytes.length, channel.self().formats());
        if (!(result instanceof DecodeResult.Decoded(var messages))) {
            throw new IllegalStateException(result.describe());
        }
        for (final ControlMessage message : messages) {
            redirector.onMessage(batch.fromNode, message, nowNs);
        }
        final long installedNs = System.nanoTime();
        for (final ControlMessage message : messages) {
            if (message instanceof final SessionAnnouncement announcement) {
                latency.record(installedNs - announcement.flowId(), false);
            }
        }
    }

    @Override
    public void close() {
        channel.close();
        redirector.close();
        backplane.close();
    }
}
