package io.boomerang.handoff.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A network namespace of the machine and a thread that lives in it: sockets it opens are there.
final class Namespace implements AutoCloseable {
    private static final int CLONE_NEWNET = 0x4000_0000;
    private static final int PATIENCE_S = 60;

    private final String name;
    private final ExecutorService thread;

    Namespace(final String name) {
        this.name = name;
        Shell.run("ip", "netns", "add", name);
        thread =
                Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().name(name).daemon().factory());
        call(() -> {
            enter();
            return true;
        });
    }

    String name() {
        return name;
    }

    /// Runs it on the namespace's thread and waits for the answer.
    <T> T call(final Callable<T> task) {
        try {
            return thread.submit(task).get(PATIENCE_S, TimeUnit.SECONDS);
        } catch (final ExecutionException e) {
            throw new AssertionError("in " + name + ": " + e.getCause(), e.getCause());
        } catch (final InterruptedException | TimeoutException e) {
            throw new AssertionError(name + " did not answer", e);
        }
    }

    /// Runs it on a thread of its own, which lives in the namespace, too.
    Thread start(final Runnable task) {
        return Thread.ofPlatform()
                .name(name + "-more")
                .daemon()
                .start(() -> {
                    enter();
                    task.run();
                });
    }

    @SuppressWarnings("restricted") // open and setns as in their manual pages
    private void enter() {
        final Linker linker = Linker.nativeLinker();
        final MethodHandle open =
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("open"),
                        FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
                        Linker.Option.firstVariadicArg(2));
        final MethodHandle set =
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("setns"),
                        FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
        final MethodHandle close =
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("close"),
                        FunctionDescriptor.of(JAVA_INT, JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            final int descriptor =
                    (int) open.invokeExact(arena.allocateFrom("/run/netns/" + name), 0);
            final int result = (int) set.invokeExact(descriptor, CLONE_NEWNET);
            final int _ = (int) close.invokeExact(descriptor);
            if (result != 0) {
                throw new IllegalStateException("setns refused " + name);
            }
        } catch (final RuntimeException | Error e) {
            throw e;
        } catch (final Throwable e) {
            throw new IllegalStateException("setns cannot be called", e);
        }
    }

    /// Sets a number under /proc/sys/net.
    void set(final String setting, final int value) {
        call(() -> Files.writeString(Path.of("/proc/sys/net", setting), Integer.toString(value)));
    }

    /// A counter of /proc/net/snmp or /proc/net/netstat.
    long counter(final String group, final String counter) {
        return call(() -> {
            for (final String file : List.of("snmp", "netstat")) {
                final long value = find(Path.of("/proc/thread-self/net", file), group, counter);
                if (value >= 0) {
                    return value;
                }
            }
            throw new IllegalArgumentException("no counter " + group + " " + counter);
        });
    }

    private static long find(final Path file, final String group, final String counter) {
        final List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        for (int i = 0; i + 1 < lines.size(); i += 2) {
            final List<String> names = List.of(lines.get(i).split(" ", -1));
            final int column = names.indexOf(counter);
            if (names.getFirst().equals(group + ":") && column > 0) {
                return Long.parseLong(lines.get(i + 1).split(" ", -1)[column]);
            }
        }
        return -1;
    }

    @Override
    public void close() {
        thread.shutdownNow();
        Shell.run("ip", "netns", "del", name);
    }
}
