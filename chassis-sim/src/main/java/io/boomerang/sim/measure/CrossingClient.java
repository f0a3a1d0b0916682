package io.boomerang.sim.measure;

import io.boomerang.port.FrameBurst;
import io.boomerang.port.PacketPort;
import io.boomerang.port.PacketPorts;
import io.boomerang.port.PortException;
import io.boomerang.port.PortOptions;
import io.boomerang.port.PortOptions.Driver;
import io.boomerang.port.PortWait;
import io.boomerang.sim.report.Latency;
import io.boomerang.sim.report.LatencyRecorder;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/// Sends frames across a network to a host that sends each of them back, so many on their way at
/// once that the network is busy, or one. So the slowest part sets the pace. One thread.
public final class CrossingClient implements AutoCloseable {
    private static final int BURST = 256;
    private static final int WAIT_MS = 1;

    /// When nothing has come back for so long, what is on its way is lost.
    private static final long LOST_NS = TimeUnit.SECONDS.toNanos(1);

    /// Until every flow has crossed: a network may be slow to begin, but not that slow.
    private static final long OPEN_LIMIT_NS = TimeUnit.SECONDS.toNanos(60);

    /// Before a measurement: until as many frames are on their way everywhere as there will be.
    private static final long SETTLE_NS = TimeUnit.MILLISECONDS.toNanos(200);

    private final PacketPort port;
    private final PortWait wait;
    private final FrameBurst burst = new FrameBurst(BURST);
    private final FramesOnWay onWay = new FramesOnWay(CrossingFrames.FLOWS);

    private LatencyRecorder latency = new LatencyRecorder();
    private long heardNs;

    private CrossingClient(final PacketPort port) {
        this.port = port;
        wait = new PortWait(List.of(port));
    }

    /// By the interface of that name, in this process's network namespace.
    public static CrossingClient open(final String interfaceName) throws PortException {
        return new CrossingClient(
                PacketPorts.open(interfaceName, PortOptions.DEFAULTS.withDriver(Driver.AF_PACKET)));
    }

    /// What came out.
    ///
    /// @param perSecond frames that came back
    /// @param lost frames that did not, or behind a later one of their flow
    /// @param p50Us median of the round trips, in microseconds
    /// @param p99Us of 100 round trips 99 took no longer
    public record Result(double perSecond, long lost, double p50Us, double p99Us) {
        /// As one line for {@link #parse}.
        public String text() {
            return perSecond + " " + lost + " " + p50Us + " " + p99Us;
        }

        /// @throws IllegalArgumentException when the line is not one of {@link #text}
        static Result parse(final String line) {
            final String[] words = line.split(" ", -1);
            if (words.length != 4) {
                throw new IllegalArgumentException("'" + line + "' is no result");
            }
            return new Result(
                    Double.parseDouble(words[0]),
                    Long.parseLong(words[1]),
                    Double.parseDouble(words[2]),
                    Double.parseDouble(words[3]));
        }
    }

    /// Does a task.
    ///
    /// @throws IOException when nothing comes back: then nothing can be said of the network
    public Result measure(final CrossingTask task) throws IOException {
        final int window = task.window();
        try (Arena arena = Arena.ofConfined()) {
            final CrossingFrames frames = new CrossingFrames(arena, task.frameBytes());
            open(frames);
            workFor(SETTLE_NS, frames, window);
            onWay.forget();
            latency = new LatencyRecorder();
            final long tookNs =
                    workFor(TimeUnit.MILLISECONDS.toNanos(task.durationMs()), frames, window);
            final long returned = onWay.returned();
            final Latency roundTrip = latency.sent();
            final double seconds = (double) tookNs / TimeUnit.SECONDS.toNanos(1);
            if (returned == 0) {
                throw new IOException(
                        String.format(
                                Locale.ROOT,
                                "no frame of %d bytes came back within %.1f s",
                                task.frameBytes(),
                                seconds));
            }
            awaitRest(frames);
            return new Result(
                    returned / seconds, onWay.lost(), roundTrip.p50Us(), roundTrip.p99Us());
        }
    }

    /// Lets a frame of each flow cross, so that all on the path know them.
    private void open(final CrossingFrames frames) throws IOException {
        final long startNs = System.nanoTime();
        do {
            if (System.nanoTime() - startNs > OPEN_LIMIT_NS) {
                throw new IOException(
                        String.format(
                                Locale.ROOT,
                                "only %d of %d flows crossed within %d s",
                                onWay.returned(),
                                CrossingFrames.FLOWS,
                                TimeUnit.NANOSECONDS.toSeconds(OPEN_LIMIT_NS)));
            }
            onWay.forget();
            heardNs = System.nanoTime();
            send(frames, CrossingFrames.FLOWS, heardNs);
            awaitRest(frames);
        } while (onWay.returned() < CrossingFrames.FLOWS);
    }

    /// Until nothing is on its way any more.
    private void awaitRest(final CrossingFrames frames) {
        while (onWay.count() > 0) {
            step(frames, 0);
        }
    }

    /// Answers how long it was.
    private long workFor(final long durationNs, final CrossingFrames frames, final int window) {
        final long startNs = System.nanoTime();
        heardNs = startNs;
        long nowNs = startNs;
        while (nowNs - startNs < durationNs) {
            nowNs = step(frames, window);
        }
        return nowNs - startNs;
    }

    /// Answers the time.
    private long step(final CrossingFrames frames, final int window) {
        final int received = port.receive(burst);
        final long nowNs = System.nanoTime();
        take(received, nowNs);
        send(frames, window, nowNs);
        if (received == 0) {
            wait.await(WAIT_MS);
        }
        return nowNs;
    }

    private void take(final int received, final long nowNs) {
        for (int i = 0; i < received; i++) {
            final MemorySegment frame = burst.segment(i);
            final long offset = burst.offset(i);
            if (CrossingFrames.isOne(frame, offset, burst.length(i))
                    && onWay.onReturn(CrossingFrames.number(frame, offset))) {
                heardNs = nowNs;
                latency.record(nowNs - CrossingFrames.timeNs(frame, offset), false);
            }
        }
        if (onWay.count() > 0 && nowNs - heardNs > LOST_NS) {
            onWay.giveUp();
            heardNs = nowNs;
        }
    }

    private void send(final CrossingFrames frames, final int window, final long nowNs) {
        while (onWay.count() < window
                && port.transmit(frames.next(onWay.next(), nowNs), 0, frames.length())) {
            onWay.onSent();
        }
        port.flush();
    }

    @Override
    public void close() {
        wait.close();
        port.close();
    }
}
