package io.boomerang.handoff.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.boomerang.handoff.endpoint.PacketSink;
import io.boomerang.handoff.endpoint.TcpEndpoint;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/// A {@link TcpEndpoint} behind a TUN device of a namespace: real packets, real time, a thread.
@SuppressWarnings("restricted") // the arguments are those of linux/if_tun.h
final class TunServer implements AutoCloseable {
    static final String DEVICE = "simulated";

    private static final int O_RDWR = 2;
    private static final int TUNSETIFF = 0x400454CA;
    private static final int IFREQ_LENGTH = 40;
    private static final int NAME_LENGTH = 16;
    private static final short TUN_WITHOUT_HEADER = 0x1001;
    private static final int LONGEST_PACKET = 1 << 16;
    private static final int PATIENCE_S = 30;
    private static final Linker LINKER = Linker.nativeLinker();

    private final MethodHandle read = call("read", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
    private final MethodHandle write = call("write", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
    private final Arena arena = Arena.ofShared();
    private final SocketCalls calls = new SocketCalls(arena);
    private final MemorySegment received = arena.allocate(LONGEST_PACKET);
    private final MemorySegment sent = arena.allocate(LONGEST_PACKET);
    private final Queue<FutureTask<?>> tasks = new ConcurrentLinkedQueue<>();
    private final int descriptor;
    private final Thread thread;

    private TcpEndpoint endpoint;
    private volatile boolean ended;

    /// @param first makes the endpoint, given where its packets go
    TunServer(final Namespace namespace, final Function<PacketSink, TcpEndpoint> first) {
        descriptor = namespace.call(this::open);
        Shell.run("ip", "-n", namespace.name(), "link", "set", DEVICE, "up");
        endpoint = first.apply(this::emit);
        thread = Thread.ofPlatform().name("tun").daemon().start(this::run);
    }

    private static MethodHandle call(
            final String name, final MemoryLayout result, final MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, arguments));
    }

    private int open() {
        final MethodHandle open =
                LINKER.downcallHandle(
                        LINKER.defaultLookup().findOrThrow("open"),
                        FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
                        Linker.Option.firstVariadicArg(2));
        final MethodHandle control =
                LINKER.downcallHandle(
                        LINKER.defaultLookup().findOrThrow("ioctl"),
                        FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
                        Linker.Option.firstVariadicArg(2));
        final MemorySegment request = arena.allocate(IFREQ_LENGTH);
        request.setString(0, DEVICE);
        request.set(JAVA_SHORT, NAME_LENGTH, TUN_WITHOUT_HEADER);
        try {
            final int opened = (int) open.invokeExact(arena.allocateFrom("/dev/net/tun"), O_RDWR);
            final int result = (int) control.invokeExact(opened, (long) TUNSETIFF, request);
            if (opened < 0 || result < 0) {
                throw new IllegalStateException("no TUN device");
            }
            return opened;
        } catch (final RuntimeException | Error e) {
            throw e;
        } catch (final Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private void run() {
        try {
            while (!ended) {
                for (FutureTask<?> task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
                endpoint.poll(System.nanoTime());
                if (calls.poll(descriptor, SocketConstants.POLLIN, 1)) {
                    final long length =
                            (long) read.invokeExact(descriptor, received, received.byteSize());
                    endpoint.receive(received, 0, length, System.nanoTime());
                }
            }
        } catch (final Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private void emit(final MemorySegment packet, final long offset, final long length) {
        MemorySegment.copy(packet, offset, sent, 0, length);
        try {
            final long _ = (long) write.invokeExact(descriptor, sent, length);
        } catch (final RuntimeException | Error e) {
            throw e;
        } catch (final Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /// Runs it on the endpoint's thread and waits for the answer.
    <T> T call(final Callable<T> task) {
        final FutureTask<T> future = new FutureTask<>(task);
        tasks.add(future);
        try {
            return future.get(PATIENCE_S, TimeUnit.SECONDS);
        } catch (final ExecutionException e) {
            throw new AssertionError("in the endpoint: " + e.getCause(), e.getCause());
        } catch (final InterruptedException | TimeoutException e) {
            throw new AssertionError("the endpoint did not answer", e);
        }
    }

    /// The endpoint; only to be used in {@link #call}.
    TcpEndpoint endpoint() {
        return endpoint;
    }

    /// Packets go to another one from now on.
    void replace(final Function<PacketSink, TcpEndpoint> next) {
        call(() -> {
            endpoint = next.apply(this::emit);
            return true;
        });
    }

    /// What there is within the limit; perhaps nothing yet. Null after the last byte.
    byte[] readSome(final int limit) {
        return call(() -> {
            final byte[] bytes = new byte[limit];
            final int count = endpoint.read(MemorySegment.ofArray(bytes), 0, limit);
            return Arrays.copyOf(bytes, Math.max(count, 0));
        });
    }

    byte[] readAll(final int count) {
        final MemorySegment bytes = MemorySegment.ofArray(new byte[count]);
        final long giveUpNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
        int length = 0;
        while (length < count) {
            final byte[] piece = readSome(count - length);
            MemorySegment.copy(piece, 0, bytes, ValueLayout.JAVA_BYTE, length, piece.length);
            length += piece.length;
            if (System.nanoTime() - giveUpNs > 0) {
                throw new AssertionError("only " + length + " of " + count + " bytes came");
            }
        }
        return bytes.toArray(ValueLayout.JAVA_BYTE);
    }

    void writeAll(final byte[] bytes) {
        int written = 0;
        while (written < bytes.length) {
            final int from = written;
            written +=
                    call(() ->
                            endpoint.write(
                                    MemorySegment.ofArray(bytes), from, bytes.length - from));
        }
    }

    @Override
    public void close() {
        ended = true;
        try {
            thread.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        calls.close(descriptor);
        arena.close();
    }
}
