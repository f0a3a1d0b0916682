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

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Sends frames across a network to a host that sends each of them back, so many on their way at
/// once that the network is busy, or one. So the slowest part sets the pace, and nothing is
/// measured that was lost.
public final class CrossingClient {
    private static final int BURST = 256;
    private static final int WAIT_MS = 1;

    /// What has not come back after this long is lost.
    private static final long LOST_NS = TimeUnit.SECONDS.toNanos(1);

    private final PacketPort port;
    private final CrossingFrames frames;
    private final int window;
    private final FrameBurst burst = new FrameBurst(BURST);

    private int onWay;
    private long sent;
    private long returned;
    private long lost;
    private long firstCounted;
    private long heardNs;
    private LatencyRecorder latency = new LatencyRecorder();

    private CrossingClient(final PacketPort port, final CrossingFrames frames, final int window) {
        this.port = port;
        this.frames = frames;
        this.window = window;
    }

    /// What came out.
    ///
    /// @param perSecond frames that came back
    /// @param lost frames that did not
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

    /// Measures by the interface of that name, in this process's network namespace.
    ///
    /// @param frameBytes 60 to 1,514, without frame check sequence
    /// @param window frames on their way at once
    /// @param warmUpNs before it is measured for `durationNs`, both in nanoseconds
    public static Result run(
            final String interfaceName,
            final int frameBytes,
            final int window,
            final long warmUpNs,
            final long durationNs)
            throws PortException {
        final PortOptions options = PortOptions.DEFAULTS.withDriver(Driver.AF_PACKET);
        try (Arena arena = Arena.ofConfined();
                PacketPort port = PacketPorts.open(interfaceName, options);
                PortWait wait = new PortWait(List.of(port))) {
            final CrossingClient client =
                    new CrossingClient(port, new CrossingFrames(arena, frameBytes), window);
            client.workFor(warmUpNs, wait);
            client.forget();
            final long startNs = System.nanoTime();
            client.workFor(durationNs, wait);
            return client.result(System.nanoTime() - startNs);
        }
    }

    private void forget() {
        returned = 0;
        lost = 0;
        latency = new LatencyRecorder();
    }

    private Result result(final long tookNs) {
        final double seconds = (double) tookNs / TimeUnit.SECONDS.toNanos(1);
        final Latency roundTrip = latency.sent();
        return new Result(returned / seconds, lost, roundTrip.p50Us(), roundTrip.p99Us());
    }

    private void workFor(final long durationNs, final PortWait wait) {
        final long startNs = System.nanoTime();
        heardNs = startNs;
        while (System.nanoTime() - startNs < durationNs) {
            final int received = port.receive(burst);
            final long nowNs = System.nanoTime();
            take(received, nowNs);
            send(nowNs);
            if (received == 0) {
                wait.await(WAIT_MS);
            }
        }
    }

    private void take(final int received, final long nowNs) {
        for (int i = 0; i < received; i++) {
            final MemorySegment frame = burst.segment(i);
            final long offset = burst.offset(i);
            if (CrossingFrames.isOne(frame, offset, burst.length(i))
                    && CrossingFrames.number(frame, offset) >= firstCounted) {
                returned++;
                onWay--;
                heardNs = nowNs;
                latency.record(nowNs - CrossingFrames.timeNs(frame, offset), false);
            }
        }
        if (onWay > 0 && nowNs - heardNs > LOST_NS) {
            lost += onWay;
            onWay = 0;
            firstCounted = sent;
            heardNs = nowNs;
        }
    }

    private void send(final long nowNs) {
        while (onWay < window && port.transmit(frames.next(sent, nowNs), 0, frames.length())) {
            sent++;
            onWay++;
        }
        port.flush();
    }
}
