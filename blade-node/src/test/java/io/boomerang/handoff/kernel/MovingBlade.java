package io.boomerang.handoff.kernel;

import io.boomerang.handoff.BlobResult;
import io.boomerang.handoff.ConnectionBlob;
import io.boomerang.handoff.ConnectionState;
import io.boomerang.handoff.front.FrontConfig;
import io.boomerang.handoff.front.FrontDoor;
import io.boomerang.handoff.host.ProgramSocket;
import io.boomerang.handoff.move.Arrivals;
import io.boomerang.handoff.move.Carrier;
import io.boomerang.handoff.move.ConnectionOutlet;
import io.boomerang.handoff.move.Departures;
import io.boomerang.handoff.move.HostDirectory;
import io.boomerang.handoff.move.Onward;
import io.boomerang.linux.Epoll;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

/// A blade in its namespace with a classifier, a host, or both, and a thread of its own. Blobs go
/// from blade to blade by their bytes; the lab's router is told where packets go from then on.
final class MovingBlade implements Carrier<Long>, AutoCloseable {
    private static final int LIMIT = 256;
    private static final int WAIT_MS = 5;
    private static final int EVENTS = 16;

    private final Lab lab;
    private final int number;
    private final List<MovingBlade> all;
    private final HostDirectory hosts;
    private final Queue<Runnable> inbox = new ConcurrentLinkedQueue<>();
    private final CountDownLatch started = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean ended;
    private volatile @Nullable Epoll epoll;
    private volatile @Nullable FrontDoor door;
    private volatile @Nullable ProgramSocket programs;
    private volatile @Nullable Onward onward;
    private volatile @Nullable Throwable failure;
    private @Nullable Departures<Long> departures;
    private @Nullable Arrivals<Long> arrivals;
    private long nextId;

    /// What a blade is made of.
    ///
    /// @param front null without a classifier
    /// @param socket null without a socket for programs
    /// @param outlet for a server in this process; not used with a socket
    record Parts(
            @Nullable FrontConfig front,
            @Nullable Path socket,
            @Nullable ConnectionOutlet outlet) {}

    MovingBlade(
            final Lab lab,
            final int number,
            final List<MovingBlade> all,
            final HostDirectory hosts,
            final Parts parts) {
        this.lab = lab;
        this.number = number;
        this.all = all;
        this.hosts = hosts;
        thread = lab.blade(number).start(() -> run(parts));
    }

    /// Waits until it listens.
    MovingBlade start() throws InterruptedException, IOException {
        started.await();
        if (failure != null) {
            throw new IOException(failure);
        }
        return this;
    }

    private void run(final Parts parts) {
        try (KernelTcp stack = new KernelTcp();
                Epoll waiting = new Epoll(EVENTS);
                Departures<Long> leaving =
                        new Departures<>(stack, this, PacketWitness.NONE, LIMIT)) {
            epoll = waiting;
            departures = leaving;
            if (parts.socket() != null) {
                programs = new ProgramSocket(stack, parts.socket(), LIMIT);
            }
            final ConnectionOutlet outlet = programs == null ? parts.outlet() : programs;
            if (outlet != null) {
                arrivals = new Arrivals<>(stack, outlet, LIMIT);
                onward = new Onward(leaving, hosts, outlet, waiting::wakeUp, LIMIT);
            }
            if (parts.front() != null) {
                door = new FrontDoor(stack, parts.front(), hosts, leaving);
                waiting.add(door.descriptor(), Epoll.IN, 1);
            }
            if (programs != null) {
                waiting.add(programs.descriptor(), Epoll.IN, 2);
            }
            started.countDown();
            cycle(waiting, leaving);
            if (door != null) {
                door.close();
            }
            if (programs != null) {
                programs.close();
            }
        } catch (final IOException | RuntimeException | Error e) {
            failure = e;
        } finally {
            started.countDown();
        }
    }

    private void cycle(final Epoll waiting, final Departures<Long> leaving) throws IOException {
        final FrontDoor front = door;
        final ProgramSocket served = programs;
        final Onward on = onward;
        while (!ended) {
            waiting.await(WAIT_MS);
            final long nowNs = System.nanoTime();
            Runnable task = inbox.poll();
            while (task != null) {
                task.run();
                task = inbox.poll();
            }
            if (front != null) {
                front.poll(nowNs);
            }
            if (on != null) {
                on.poll(nowNs);
            }
            if (served != null && on != null) {
                served.poll(on);
            }
            leaving.poll(nowNs);
        }
    }

    private void post(final Runnable task) {
        inbox.add(task);
        final Epoll waiting = epoll;
        if (waiting != null && !ended) {
            waiting.wakeUp();
        }
    }

    @Override
    public boolean makeReady(final int node) {
        return true;
    }

    @Override
    public Long offer(final int node, final ConnectionState state, final long nowNs) {
        final byte[] blob = new byte[ConnectionBlob.encodedLength(state)];
        ConnectionBlob.encode(state, MemorySegment.ofArray(blob), 0);
        final long id = (long) number << 32 | nextId++;
        final MovingBlade target = all.get(node);
        target.post(() -> target.arrive(id, blob, this));
        return id;
    }

    private void arrive(final long id, final byte[] blob, final MovingBlade from) {
        final Arrivals<Long> here = arrivals;
        final String refusal =
                switch (ConnectionBlob.decode(MemorySegment.ofArray(blob), 0, blob.length)) {
                    case BlobResult.Decoded(var state) ->
                            here == null ? "no host" : here.prepare(id, state);
                    case BlobResult other -> other.describe();
                };
        if (refusal == null && here != null) {
            lab.steerTo(number);
            here.goLive(id);
            from.tell(leaving -> leaving::given, id);
        } else {
            from.post(() -> from.keep(id, String.valueOf(refusal)));
        }
    }

    private interface Ending {
        void end(long id, long nowNs);
    }

    private void tell(final Function<Departures<Long>, Ending> ending, final long id) {
        post(() -> {
            if (departures != null) {
                ending.apply(departures).end(id, System.nanoTime());
            }
        });
    }

    private void keep(final long id, final String reason) {
        if (departures != null) {
            departures.kept(id, reason);
        }
    }

    FrontDoor door() {
        if (door == null) {
            throw new IllegalStateException("no classifier runs here");
        }
        return door;
    }

    /// How many programs have connected.
    int programCount() {
        final ProgramSocket served = programs;
        return served == null ? 0 : served.programCount();
    }

    /// Why the thread has ended by itself; null when it has not.
    @Nullable Throwable failure() {
        return failure;
    }

    @Override
    public void close() {
        ended = true;
        try {
            thread.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
