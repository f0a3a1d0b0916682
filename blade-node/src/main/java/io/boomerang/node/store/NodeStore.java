package io.boomerang.node.store;

import io.boomerang.cluster.Member;
import io.boomerang.redirector.store.RecordVisitor;
import io.boomerang.redirector.store.Restoration;
import io.boomerang.redirector.store.SessionStore;
import io.boomerang.redirector.store.SlotSource;
import io.boomerang.redirector.store.StoreCounters;
import io.boomerang.redirector.store.StoreKind;
import io.boomerang.redirector.store.StoreLabel;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Keeps the sessions of one node on disk: gives back what an earlier process left, then writes
/// what changes from a thread of its own. The node's thread only tells the time.
public final class NodeStore implements AutoCloseable {
    /// Between two rounds through the node's table.
    private static final long ROUND_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(250);

    private final String name;
    private final SessionStore store;
    private @Nullable SlotSource slots;
    private @Nullable StoreLabel owner;
    private @Nullable Thread thread;
    private volatile long nodeNs;
    private volatile boolean stopping;

    private NodeStore(final String name, final SessionStore store) {
        this.name = name;
        this.store = store;
    }

    /// Takes the files of a node.
    ///
    /// @throws UncheckedIOException when another process has the node's files, or they cannot be
    ///   read
    public static NodeStore open(final Path directory, final String name) {
        try {
            return new NodeStore(name, SessionStore.open(directory, name));
        } catch (final IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    /// How often the node has started, this time included.
    public int incarnation() {
        return store.incarnation();
    }

    /// Gives back what earlier processes left.
    ///
    /// @param newSlots what is to be kept later, see {@link #start}
    public Restoration restore(
            final StoreKind kind,
            final Member member,
            final SlotSource newSlots,
            final RecordVisitor visitor) {
        owner =
                new StoreLabel(
                        kind,
                        member.node(),
                        member.name(),
                        member.incarnation(),
                        member.parametersDigest(),
                        newSlots.capacity(),
                        newSlots.recordBytes());
        slots = newSlots;
        try {
            return store.restore(owner, visitor);
        } catch (final IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    /// From now on what the slots hold is kept; what was given back has to be in them.
    public void start(final long nowNs) {
        nodeNs = nowNs;
        try {
            store.begin(
                    Objects.requireNonNull(slots, "restore comes first"),
                    Objects.requireNonNull(owner, "restore comes first"),
                    System.currentTimeMillis());
        } catch (final IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
        thread = Thread.ofPlatform().daemon().name("store-" + name).start(this::run);
    }

    private void run() {
        while (!stopping) {
            round();
            LockSupport.parkNanos(this, ROUND_INTERVAL_NS);
        }
    }

    private void round() {
        store.round(nodeNs, System.currentTimeMillis());
    }

    /// The node's thread tells the time.
    public void onTimer(final long nowNs) {
        nodeNs = nowNs;
    }

    /// From any thread.
    public StoreCounters counters() {
        return store.counters(System.currentTimeMillis());
    }

    /// Writes what has not been written yet, and ends. The node's table must still be there, and
    /// nobody may change it any more.
    @Override
    public void close() {
        stop();
        round();
        release();
    }

    /// Ends as if the process had been killed.
    public void abandon() {
        stop();
        release();
    }

    private void stop() {
        stopping = true;
        final Thread running = thread;
        if (running == null) {
            return;
        }
        LockSupport.unpark(running);
        boolean interrupted = false;
        while (running.isAlive()) {
            try {
                running.join();
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void release() {
        try {
            store.close();
        } catch (final IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }
}
