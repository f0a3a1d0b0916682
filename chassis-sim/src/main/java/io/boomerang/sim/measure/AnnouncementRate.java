package io.boomerang.sim.measure;

import io.boomerang.cluster.key.ChassisKey;
import io.boomerang.cluster.key.KeyHolder;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Measures how many announcements one redirector installs that a blade in another process sends
/// over a real channel, and how old they are when they are installed.
public final class AnnouncementRate {
    private static final long START_LIMIT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long WARM_UP_NS = TimeUnit.SECONDS.toNanos(3);
    private static final int END_LIMIT_SECONDS = 10;

    private final List<String> bladeCommand;
    private final long durationNs;
    private final long perSecond;

    /// @param bladeCommand starts a process that calls {@link AnnouncingBlade#run}, when the ports
    ///   and perhaps a key file are added
    /// @param seconds of each of the two parts of a measurement
    /// @param perSecond announcements, while the latency is measured
    public AnnouncementRate(
            final List<String> bladeCommand, final int seconds, final long perSecond) {
        this.bladeCommand = List.copyOf(bladeCommand);
        this.durationNs = TimeUnit.SECONDS.toNanos(seconds);
        this.perSecond = perSecond;
    }

    /// What came out.
    ///
    /// @param most as many sessions a second as the redirector acknowledges
    /// @param paced at a given rate
    public record Result(Figure most, Figure paced) {}

    /// Without TLS.
    public Result plain() throws IOException {
        return measure(null, null);
    }

    /// Under a chassis key made for it.
    public Result keyed() throws IOException {
        final Path directory = Files.createTempDirectory("announcements");
        final Path file = directory.resolve("chassis.p12");
        try {
            ChassisKey.generate().store(file, new char[0]);
            try (KeyHolder key = KeyHolder.watch(file, new char[0])) {
                return measure(key, file);
            }
        } finally {
            Files.deleteIfExists(file);
            Files.delete(directory);
        }
    }

    private Result measure(final @Nullable KeyHolder key, final @Nullable Path keyFile)
            throws IOException {
        final MeasuredCluster cluster = new MeasuredCluster(freePort(), freePort());
        try (InstallingRedirector redirector =
                new InstallingRedirector(cluster.channel(MeasuredCluster.REDIRECTOR, key))) {
            redirector.connect();
            final Process blade = start(cluster, keyFile);
            try {
                if (!redirector.awaitBlade(START_LIMIT_NS)) {
                    throw new IOException("the other process did not join in time");
                }
                announce(blade, AnnouncingBlade.MOST);
                redirector.workFor(WARM_UP_NS);
                final Figure most = redirector.workFor(durationNs);
                announce(blade, perSecond);
                redirector.workFor(WARM_UP_NS);
                final Figure paced = redirector.workFor(durationNs);
                return new Result(most, paced);
            } finally {
                end(blade);
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private Process start(final MeasuredCluster cluster, final @Nullable Path keyFile)
            throws IOException {
        final List<String> command = new ArrayList<>(bladeCommand);
        command.add(Integer.toString(cluster.redirectorPort()));
        command.add(Integer.toString(cluster.bladePort()));
        if (keyFile != null) {
            command.add(keyFile.toString());
        }
        return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void announce(final Process blade, final long rate) throws IOException {
        blade.getOutputStream().write((rate + "\n").getBytes(StandardCharsets.US_ASCII));
        blade.getOutputStream().flush();
    }

    private static void end(final Process blade) throws IOException {
        blade.getOutputStream().close();
        try {
            if (!blade.waitFor(END_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                blade.destroyForcibly();
            }
        } catch (final InterruptedException e) {
            blade.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
