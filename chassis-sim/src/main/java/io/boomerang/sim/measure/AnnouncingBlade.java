package io.boomerang.sim.measure;

import io.boomerang.announce.Acknowledgement;
import io.boomerang.announce.ControlMessage;
import io.boomerang.announce.DecodeResult;
import io.boomerang.announce.MessageCodec;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.announce.TcpPhase;
import io.boomerang.cluster.BatchingSender;
import io.boomerang.cluster.ClusterChannel;
import io.boomerang.cluster.ClusterListener;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.key.KeyHolder;
import io.boomerang.flow.FlowKey;

import org.jspecify.annotations.Nullable;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// The other process of an {@link AnnouncementRate}: announces sessions, as many a second as the
/// last line of standard input said, or as many as are acknowledged. Ends with standard input.
public final class AnnouncingBlade implements ClusterListener {
    /// Stands for as many as are acknowledged.
    static final long MOST = -1;

    private static final int FLOWS = 1 << 18;
    private static final int WINDOW = 1 << 16;
    private static final int BURST = 512;
    private static final int LEASE_MS = 60_000;
    private static final long PAUSE_NS = 20_000L;

    private final FlowKey[] flows = flows();
    private final AtomicLong acknowledged = new AtomicLong();
    private final ClusterChannel channel;
    private final BatchingSender sender;

    private volatile long perSecond;
    private volatile boolean ended;
    private long sent;
    private long lastFlowId;

    private AnnouncingBlade(final ClusterChannel channel) {
        this.channel = channel;
        sender = new BatchingSender(channel);
    }

    private static FlowKey[] flows() {
        final FlowKey[] flows = new FlowKey[FLOWS];
        for (int i = 0; i < FLOWS; i++) {
            flows[i] = new FlowKey();
            flows[i].setIpv4(
                    6, FlowKey.KIND_PORTS, 0x0A000001, 80, 0xC0000200 + (i >> 14), i & 0x3FFF, 0);
        }
        return flows;
    }

    /// Runs until `commands` end.
    ///
    /// @param keyFile null for connections without TLS
    public static void run(
            final int redirectorPort,
            final int bladePort,
            final @Nullable Path keyFile,
            final InputStream commands)
            throws IOException {
        final KeyHolder key = keyFile == null ? null : KeyHolder.watch(keyFile, new char[0]);
        final ClusterChannel channel =
                new MeasuredCluster(redirectorPort, bladePort).channel(MeasuredCluster.BLADE, key);
        final AnnouncingBlade blade = new AnnouncingBlade(channel);
        Thread.ofPlatform().daemon().name("commands").start(() -> blade.obey(commands));
        channel.connect(blade);
        blade.announce();
        channel.close();
        if (key != null) {
            key.close();
        }
    }

    private void obey(final InputStream commands) {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(commands, StandardCharsets.US_ASCII))) {
            reader.lines().forEach(line -> perSecond = Long.parseLong(line));
        } catch (final IOException | UncheckedIOException _) {
            // whoever commanded is gone
        }
        ended = true;
    }

    private void announce() {
        long rate = 0;
        long sinceNs = 0;
        long sentBefore = 0;
        while (!ended) {
            final long nowNs = System.nanoTime();
            if (rate != perSecond) {
                rate = perSecond;
                sinceNs = nowNs;
                sentBefore = sent;
            }
            final long due =
                    rate == MOST
                            ? Long.MAX_VALUE
                            : sentBefore + (long) ((nowNs - sinceNs) / 1e9 * rate);
            final long limit = Math.min(due, acknowledged.get() + WINDOW);
            int burst = 0;
            while (sent < limit && burst < BURST) {
                sender.send(MeasuredCluster.REDIRECTOR.node(), next(nowNs));
                burst++;
            }
            sender.flush();
            if (burst == 0) {
                LockSupport.parkNanos(PAUSE_NS);
            }
        }
    }

    private SessionAnnouncement next(final long nowNs) {
        final FlowKey flow = flows[(int) (sent++ & FLOWS - 1)];
        lastFlowId = Math.max(lastFlowId + 1, nowNs);
        return new SessionAnnouncement(
                Kind.OPEN,
                flow,
                flow,
                lastFlowId,
                channel.self().node(),
                channel.self().incarnation(),
                0,
                LEASE_MS,
                TcpPhase.EMBRYONIC);
    }

    @Override
    public void onMessage(
            final int fromNode, final byte[] buffer, final int offset, final int length) {
        if (MessageCodec.decode(buffer, offset, length, channel.self().formats())
                instanceof DecodeResult.Decoded(var messages)) {
            int count = 0;
            for (final ControlMessage message : messages) {
                count += message instanceof Acknowledgement ? 1 : 0;
            }
            acknowledged.addAndGet(count);
        }
    }

    @Override
    public void onView(final ClusterView view) {}
}
