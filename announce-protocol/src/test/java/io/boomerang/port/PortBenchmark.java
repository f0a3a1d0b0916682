package io.boomerang.port;

import io.boomerang.port.PortOptions.Driver;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// Frames per second from a sender to a sink, through a bump in the wire of each kind of port and
/// through a Linux bridge in its place: each way in turn, several rounds, so that what else the
/// machine does meets all alike.
///
/// `sender | left -- bump or bridge -- right | sink`. The sender is an AF_XDP port that sends as
/// much as it can, in the main thread; the sink is the kernel, which counts and drops.
///
/// Arguments: rounds (default 7), samples of each way in a round (20), milliseconds of a sample
/// (50).
public final class PortBenchmark {
    private enum Way {
        BRIDGE("Linux bridge"),
        PACKET("AF_PACKET"),
        XDP("AF_XDP");

        private final String text;

        Way(final String text) {
            this.text = text;
        }
    }

    private static final int[] LENGTHS = {64, 1_514};
    private static final int MTU = 1_500;
    private static final int HEADERS = 14 + 20 + 8;
    private static final int BURST = 64;
    private static final long WARM_UP_MS = 400;

    private final TestNetwork network;
    private final int samples;
    private final long milliseconds;
    private final String left;
    private final String right;
    private final String bridge;

    private PortBenchmark(final TestNetwork network, final int samples, final long milliseconds) {
        this.network = network;
        this.samples = samples;
        this.milliseconds = milliseconds;
        left = network.pair("left", "sender", MTU);
        right = network.pair("right", "sink", MTU);
        bridge = network.bridge("br");
    }

    /// Runs it as root.
    public static void main(final String[] arguments) throws IOException {
        final int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 7;
        final int samples = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 20;
        final long milliseconds = arguments.length > 2 ? Long.parseLong(arguments[2]) : 50;
        try (TestNetwork network = TestNetwork.orSkip()) {
            final PortBenchmark benchmark = new PortBenchmark(network, samples, milliseconds);
            for (final int length : LENGTHS) {
                benchmark.compare(System.out, length, rounds);
            }
        }
    }

    private void compare(final PrintStream out, final int length, final int rounds)
            throws IOException {
        final Map<Way, double[]> rates = new EnumMap<>(Way.class);
        for (final Way way : Way.values()) {
            rates.put(way, new double[rounds * samples]);
        }
        for (int round = 0; round < rounds; round++) {
            for (final Map.Entry<Way, double[]> each : rates.entrySet()) {
                final double[] measured = measure(each.getKey(), length);
                System.arraycopy(measured, 0, each.getValue(), round * samples, samples);
            }
        }
        rates.values().forEach(Arrays::sort);
        out.printf(
                Locale.ROOT,
                "frames of %d bytes, %d rounds of %d times %d ms%n%-14s %12s %10s %12s %10s%n",
                length,
                rounds,
                samples,
                milliseconds,
                "",
                "median /s",
                "to bridge",
                "fastest /s",
                "to bridge");
        final double[] bridged = rates.getOrDefault(Way.BRIDGE, new double[0]);
        rates.forEach((way, sorted) -> {
            final int middle = sorted.length / 2;
            final int last = sorted.length - 1;
            out.printf(
                    Locale.ROOT,
                    "%-14s %,12.0f %10.2f %,12.0f %10.2f%n",
                    way.text,
                    sorted[middle],
                    sorted[middle] / bridged[middle],
                    sorted[last],
                    sorted[last] / bridged[last]);
        });
    }

    private double[] measure(final Way way, final int length) throws IOException {
        if (way == Way.BRIDGE) {
            network.run("ip", "link", "set", left, "master", bridge);
            network.run("ip", "link", "set", right, "master", bridge);
            try {
                return send(length);
            } finally {
                network.run("ip", "link", "set", left, "nomaster");
                network.run("ip", "link", "set", right, "nomaster");
            }
        }
        final PortOptions options =
                PortOptions.DEFAULTS.withDriver(way == Way.XDP ? Driver.AF_XDP : Driver.AF_PACKET);
        try (PacketPort in = PacketPorts.open(left, options);
                PacketPort out = PacketPorts.open(right, options);
                Bump _ = new Bump(in, out)) {
            return send(length);
        }
    }

    private double[] send(final int length) throws IOException {
        final byte[] bytes =
                SentFrame.whole(new SplittableRandom(1), false, 17, 0, length - HEADERS);
        bytes[0] &= (byte) ~1;
        final MemorySegment frame = MemorySegment.ofArray(bytes);
        final String device = network.device("sender");
        final double[] rates = new double[samples];
        try (PacketPort port =
                PacketPorts.open(device, PortOptions.DEFAULTS.withDriver(Driver.AF_XDP))) {
            send(port, frame, WARM_UP_MS);
            long before = arrived();
            for (int sample = 0; sample < samples; sample++) {
                final long took = send(port, frame, milliseconds);
                final long after = arrived();
                rates[sample] = (after - before) * 1e9 / took;
                before = after;
            }
        }
        return rates;
    }

    /// Answers how many nanoseconds it took.
    private static long send(
            final PacketPort port, final MemorySegment frame, final long milliseconds) {
        final long start = System.nanoTime();
        final long end = start + TimeUnit.MILLISECONDS.toNanos(milliseconds);
        long now = start;
        while (now - end < 0) {
            for (int i = 0; i < BURST; i++) {
                port.transmit(frame, 0, (int) frame.byteSize());
            }
            port.flush();
            now = System.nanoTime();
        }
        return now - start;
    }

    private long arrived() throws IOException {
        final Path counter =
                Path.of("/sys/class/net", network.device("sink"), "statistics", "rx_packets");
        return Long.parseLong(Files.readString(counter).strip());
    }
}
