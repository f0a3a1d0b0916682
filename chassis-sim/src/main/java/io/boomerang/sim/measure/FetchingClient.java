package io.boomerang.sim.measure;

import io.boomerang.sim.report.Latency;
import io.boomerang.sim.report.LatencyRecorder;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Fetches over HTTP/1.1, each time on a connection of its own, with a thread for each of those
/// that are open at once. Which host has answered is looked at, and how many bytes came; not the
/// bytes.
public final class FetchingClient {
    private static final int BUFFER_BYTES = 1 << 18;
    private static final int MOST_HEAD_BYTES = 1 << 12;
    private static final long PATIENCE_MS = TimeUnit.SECONDS.toMillis(120);
    private static final String HEAD_END = "\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 ";
    private static final Pattern LENGTH = field("content-length");
    private static final Pattern SERVED_BY = field("served-by");

    private final Consumer<String> failures;

    /// @param failures is told why a request failed, by each thread once; from these threads
    public FetchingClient(final Consumer<String> failures) {
        this.failures = failures;
    }

    /// What came out.
    ///
    /// @param fetched how often a request was answered, in whole
    /// @param failed how often not
    /// @param bytes of all answers, without their heads
    /// @param seconds until the last one was there
    /// @param firstByte from before a connection was opened until the first byte of the answer
    public record Result(long fetched, long failed, long bytes, double seconds, Latency firstByte) {
        private static final int WORDS = 8;

        /// As one line for {@link #parse}.
        public String text() {
            return fetched
                    + " "
                    + failed
                    + " "
                    + bytes
                    + " "
                    + seconds
                    + " "
                    + firstByte.count()
                    + " "
                    + firstByte.p50Us()
                    + " "
                    + firstByte.p99Us()
                    + " "
                    + firstByte.maxUs();
        }

        /// @throws IllegalArgumentException when the line is not one of {@link #text}
        static Result parse(final String line) {
            final String[] words = line.split(" ", -1);
            if (words.length != WORDS) {
                throw new IllegalArgumentException("'" + line + "' is no result");
            }
            return new Result(
                    Long.parseLong(words[0]),
                    Long.parseLong(words[1]),
                    Long.parseLong(words[2]),
                    Double.parseDouble(words[3]),
                    new Latency(
                            Long.parseLong(words[4]),
                            Double.parseDouble(words[5]),
                            Double.parseDouble(words[6]),
                            Double.parseDouble(words[7])));
        }

        /// Connections a second.
        public double perSecond() {
            return fetched / seconds;
        }

        /// Bits a second.
        public double bitsPerSecond() {
            return bytes * Byte.SIZE / seconds;
        }
    }

    /// Does a task. Connections that neither fail nor end are given up after two minutes.
    public Result fetch(final FetchTask task) throws IOException {
        final long startNs = System.nanoTime();
        final long endNs = startNs + TimeUnit.MILLISECONDS.toNanos(task.durationMs());
        final List<Fetcher> fetchers = new ArrayList<>();
        for (int i = 0; i < task.atOnce(); i++) {
            fetchers.add(new Fetcher(task.targets(), i, endNs, failures));
        }
        try (ExecutorService threads =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofPlatform().name("fetch-", 0).factory())) {
            final List<Future<@Nullable Void>> ends =
                    threads.invokeAll(
                            fetchers, task.durationMs() + PATIENCE_MS, TimeUnit.MILLISECONDS);
            for (final Future<@Nullable Void> end : ends) {
                end.get();
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (final ExecutionException | CancellationException e) {
            throw new IOException("not all connections ended: " + e, e);
        }
        return sum(fetchers, System.nanoTime() - startNs);
    }

    private static Result sum(final List<Fetcher> fetchers, final long tookNs) {
        final LatencyRecorder firstByte = new LatencyRecorder();
        long failed = 0;
        long bytes = 0;
        for (final Fetcher fetcher : fetchers) {
            fetcher.firstBytesNs.forEach(ns -> firstByte.record(ns, false));
            failed += fetcher.failed;
            bytes += fetcher.bytes;
        }
        final Latency latency = firstByte.sent();
        return new Result(
                latency.count(),
                failed,
                bytes,
                (double) tookNs / TimeUnit.SECONDS.toNanos(1),
                latency);
    }

    /// The connections of one thread, one after the other.
    private static final class Fetcher implements Callable<@Nullable Void> {
        private final List<FetchTarget> targets;
        private final long endNs;
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        private final List<Long> firstBytesNs = new ArrayList<>();
        private final Consumer<String> failures;
        private int next;
        private long failed;
        private long bytes;

        Fetcher(
                final List<FetchTarget> targets,
                final int first,
                final long endNs,
                final Consumer<String> failures) {
            this.failures = failures;
            this.targets = targets;
            next = first;
            this.endNs = endNs;
        }

        @Override
        public @Nullable Void call() {
            do {
                final FetchTarget target = targets.get(next++ % targets.size());
                try (SocketChannel connection = SocketChannel.open()) {
                    fetch(connection, target);
                } catch (final IOException e) {
                    if (failed++ == 0) {
                        failures.accept(target.text() + ": " + e);
                    }
                }
            } while (System.nanoTime() - endNs < 0 && !Thread.currentThread().isInterrupted());
            return null;
        }

        /// Until the server has ended the connection: it is the one that waits for late packets.
        private void fetch(final SocketChannel connection, final FetchTarget target)
                throws IOException {
            final long startNs = System.nanoTime();
            connection.connect(target.server());
            connection.write(
                    StandardCharsets.US_ASCII.encode(
                            "GET "
                                    + target.path()
                                    + " HTTP/1.1\r\nHost: "
                                    + target.address()
                                    + "\r\nConnection: close\r\n\r\n"));
            buffer.clear();
            int read = connection.read(buffer);
            final long firstByteNs = System.nanoTime() - startNs;
            String head = head(buffer);
            while (head == null) {
                if (read <= 0) {
                    throw new IOException("ended within the head of the answer");
                }
                read = connection.read(buffer);
                head = head(buffer);
            }
            final long expected = lengthBehind(head, target);
            long received = (long) buffer.position() - head.length();
            while (read >= 0) {
                buffer.clear();
                read = connection.read(buffer);
                received += Math.max(0, read);
            }
            if (received != expected) {
                throw new IOException(received + " bytes came, not " + expected);
            }
            bytes += received;
            firstBytesNs.add(firstByteNs);
        }
    }

    /// What a buffer begins with, up to the end of a head; null when that is not there yet.
    private static @Nullable String head(final ByteBuffer buffer) {
        final byte[] begin = new byte[Math.min(buffer.position(), MOST_HEAD_BYTES)];
        buffer.get(0, begin);
        final String text = new String(begin, StandardCharsets.ISO_8859_1);
        final int end = text.indexOf(HEAD_END);
        return end < 0 ? null : text.substring(0, end + HEAD_END.length());
    }

    /// How many bytes are to follow.
    private static long lengthBehind(final String head, final FetchTarget target)
            throws IOException {
        final Matcher length = LENGTH.matcher(head);
        final Matcher host = SERVED_BY.matcher(head);
        if (!head.startsWith(OK) || !length.find() || !host.find()) {
            throw new IOException("such an answer was not expected: " + head.strip());
        }
        if (!host.group(1).equals(target.host())) {
            throw new IOException("served by " + host.group(1) + ", not " + target.host());
        }
        return Long.parseLong(length.group(1));
    }

    private static Pattern field(final String name) {
        return Pattern.compile("\r\n" + name + ": *([^\r]*)", Pattern.CASE_INSENSITIVE);
    }
}
