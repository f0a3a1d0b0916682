package io.boomerang.handoff.move;

import io.boomerang.handoff.Octets;
import io.boomerang.handoff.kernel.TcpSocket;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Gives connections that this host serves to other hosts, in the middle of whatever they do. One
/// that no host takes is delivered here again.
///
/// Asked by any thread; everything else is done by the thread of the {@link Departures}.
public final class Onward implements AutoCloseable {
    private static final int AT_ONCE = 64;

    /// A connection that cannot be moved at this moment is tried again after this time, so often.
    private static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(5);

    private static final int RETRIES = 200;

    private final Departures<?> departures;
    private final HostDirectory hosts;
    private final ConnectionOutlet home;
    private final Runnable wakeUp;
    private final Queue<Leaving> asked = new ConcurrentLinkedQueue<>();
    private final Semaphore room;
    private final Queue<Leaving> retries = new ArrayDeque<>();
    private long returnedCount;

    private final class Leaving implements Traveller {
        private HandedConnection connection;
        private final String service;
        private final Set<Integer> tried;
        private int node = HostDirectory.NONE;
        private int retryCount;
        private long retryNs;
        private boolean reserved = true;

        Leaving(final HandedConnection connection, final String service, final Set<Integer> tried) {
            this.connection = connection;
            this.service = service;
            this.tried = tried;
        }

        @Override
        public void given() {
            // It is another host's now.
        }

        @Override
        public void lost(final String reason) {
            // It was reset, and is counted where it left.
        }

        @Override
        public void kept(final TcpSocket socket, final String reason) {
            tried.add(node);
            brokenOff(socket);
        }

        @Override
        public void brokenOff(final TcpSocket socket) {
            connection =
                    new HandedConnection(
                            socket, connection.alreadyRead(), connection.applicationState());
            reserved = room.tryAcquire();
            retryNs = Long.MIN_VALUE;
            retries.add(this);
        }
    }

    /// @param home where connections go that nobody else takes
    /// @param wakeUp makes the thread call {@link #poll}
    /// @param capacity how many connections may wait to be given away
    public Onward(
            final Departures<?> departures,
            final HostDirectory hosts,
            final ConnectionOutlet home,
            final Runnable wakeUp,
            final int capacity) {
        this.departures = departures;
        this.hosts = hosts;
        this.home = home;
        this.wakeUp = wakeUp;
        room = new Semaphore(capacity);
    }

    /// Makes room for one {@link #give}. Answers false if too many wait already.
    public boolean reserve() {
        return room.tryAcquire();
    }

    /// The reserved room is not needed.
    public void unreserve() {
        room.release();
    }

    /// Gives a connection to another host of this service; room was reserved for it. The descriptor
    /// is nobody else's any more.
    public void give(
            final int descriptor,
            final Octets alreadyRead,
            final Octets applicationState,
            final String service) {
        asked.add(
                new Leaving(
                        new HandedConnection(
                                departures.adopt(descriptor), alreadyRead, applicationState),
                        service,
                        new HashSet<>()));
        wakeUp.run();
    }

    /// Begins what was asked for; answers how much that was.
    public int poll(final long nowNs) {
        int count = 0;
        Leaving next = asked.poll();
        while (next != null) {
            count++;
            begin(next, nowNs);
            next = count < AT_ONCE ? asked.poll() : null;
        }
        for (int i = retries.size(); i > 0; i--) {
            final Leaving again = retries.remove();
            if (again.retryNs == Long.MIN_VALUE || nowNs - again.retryNs >= 0) {
                begin(again, nowNs);
            } else {
                retries.add(again);
            }
        }
        if (!asked.isEmpty()) {
            wakeUp.run();
        }
        return count;
    }

    private void begin(final Leaving one, final long nowNs) {
        one.node = hosts.choose(one.service, one.tried);
        final @Nullable String refusal =
                one.node == HostDirectory.NONE
                        ? "nobody else serves " + one.service
                        : departures.begin(
                                one.connection.socket(),
                                one.connection.alreadyRead(),
                                one.connection.applicationState(),
                                one.node,
                                one,
                                nowNs);
        if (refusal == null) {
            leaveQueue(one);
            return;
        }
        if (one.node != HostDirectory.NONE && one.retryCount++ < RETRIES) {
            one.retryNs = nowNs + RETRY_NS;
            retries.add(one);
        } else {
            returnedCount++;
            leaveQueue(one);
            if (!home.deliver(one.connection)) {
                one.connection.socket().reset();
            }
        }
    }

    private void leaveQueue(final Leaving one) {
        if (one.reserved) {
            one.reserved = false;
            room.release();
        }
    }

    /// When {@link #poll} has something to do unasked; {@link Long#MAX_VALUE} if never.
    public long nextDueNs(final long nowNs) {
        return retries.isEmpty() ? Long.MAX_VALUE : nowNs + RETRY_NS;
    }

    /// Connections that came back because no other host took them.
    public long returnedCount() {
        return returnedCount;
    }

    /// What still waits is ended.
    @Override
    public void close() {
        retries.addAll(asked);
        asked.clear();
        retries.forEach(one -> one.connection.socket().close());
        retries.clear();
    }
}
