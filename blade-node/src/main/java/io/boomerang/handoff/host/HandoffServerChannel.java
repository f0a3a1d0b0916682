package io.boomerang.handoff.host;

import io.boomerang.handoff.ConnectionState;
import io.boomerang.handoff.move.ConnectionOutlet;
import io.boomerang.handoff.move.HandedConnection;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channel;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/// Where a server in this process accepts connections that were handed over, as it would from a
/// {@link java.nio.channels.ServerSocketChannel}. Any threads may accept.
public final class HandoffServerChannel implements ConnectionOutlet, Channel {
    /// Between two looks at whether the channel was closed meanwhile.
    private static final long LOOK_MS = 100;

    private final BlockingQueue<HandedChannel> arrived;
    private final int backlog;
    private volatile boolean open = true;

    /// @param backlog how many connections may wait to be accepted; more stay where they are
    public HandoffServerChannel(final int backlog) {
        this.backlog = backlog;
        arrived = new ArrayBlockingQueue<>(backlog);
    }

    /// Waits for the next connection.
    ///
    /// @throws ClosedChannelException when the channel is closed, before or meanwhile
    public HandedChannel accept() throws ClosedChannelException, InterruptedException {
        while (true) {
            final HandedChannel next = accept(LOOK_MS, TimeUnit.MILLISECONDS);
            if (next != null) {
                return next;
            }
        }
    }

    /// Waits for the next connection, but no longer than this; null if none came.
    ///
    /// @throws ClosedChannelException when the channel is closed, before or meanwhile
    public @Nullable HandedChannel accept(final long time, final TimeUnit unit)
            throws ClosedChannelException, InterruptedException {
        if (!open) {
            throw new ClosedChannelException();
        }
        final HandedChannel next = arrived.poll(time, unit);
        if (next == null && !open) {
            throw new AsynchronousCloseException();
        }
        return next;
    }

    @Override
    public @Nullable String refusal(final ConnectionState state) {
        if (!open) {
            return "the server has stopped";
        }
        return arrived.remainingCapacity() == 0
                ? backlog + " connections wait to be accepted already"
                : null;
    }

    @Override
    public boolean deliver(final HandedConnection connection) {
        if (arrived.remainingCapacity() == 0) {
            return false;
        }
        final HandedChannel channel;
        try {
            channel = new HandedChannel(connection);
        } catch (final IOException _) {
            return false;
        }
        final boolean taken = open && arrived.offer(channel);
        if (!taken || !open) {
            channel.close();
        }
        return true;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    /// Connections that nobody has accepted end.
    @Override
    public void close() {
        open = false;
        HandedChannel left = arrived.poll();
        while (left != null) {
            left.close();
            left = arrived.poll();
        }
    }
}
