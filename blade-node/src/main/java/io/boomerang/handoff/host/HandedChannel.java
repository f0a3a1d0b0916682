package io.boomerang.handoff.host;

import io.boomerang.handoff.Octets;
import io.boomerang.handoff.kernel.SharedSocket;
import io.boomerang.handoff.move.HandedConnection;
import io.boomerang.handoff.move.Onward;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;

/// An accepted connection whose first bytes another node has read: they are read here first, as if
/// they came from the client just now.
///
/// As with {@link java.nio.channels.SocketChannel}, one thread may read while another one writes,
/// and any thread may close. Blocking until told otherwise.
public final class HandedChannel implements ByteChannel {
    private final SharedSocket socket;
    private final Octets applicationState;
    private final ByteBuffer first;
    private volatile boolean blocking = true;

    HandedChannel(final HandedConnection connection) throws IOException {
        socket = new SharedSocket(connection.socket());
        applicationState = connection.applicationState();
        first = connection.alreadyRead().segment().asByteBuffer();
    }

    /// The virtual address.
    public InetSocketAddress localAddress() {
        return socket.local();
    }

    /// The client.
    public InetSocketAddress remoteAddress() {
        return socket.remote();
    }

    /// What the connection's old owner says of it; empty from a classifier.
    public Octets applicationState() {
        return applicationState;
    }

    /// Whether {@link #read} and {@link #write} wait; else they do what can be done now.
    public void configureBlocking(final boolean block) {
        blocking = block;
    }

    /// For a selector of one's own: the connection's descriptor. It stays this channel's to close,
    /// and tells nothing of {@link #buffered} bytes.
    public int descriptor() {
        return socket.descriptor();
    }

    /// How many bytes can be read that are not in the socket.
    public int buffered() {
        return first.remaining();
    }

    /// How many bytes were read; 0 if there are none and the channel does not block, -1 after the
    /// last.
    @Override
    public int read(final ByteBuffer target) throws IOException {
        if (!socket.isOpen()) {
            throw new ClosedChannelException();
        }
        if (!target.hasRemaining()) {
            return 0;
        }
        synchronized (first) {
            if (first.hasRemaining()) {
                final int count = Math.min(first.remaining(), target.remaining());
                target.put(first.slice(first.position(), count));
                first.position(first.position() + count);
                return count;
            }
        }
        return socket.read(target, blocking);
    }

    /// How many bytes were taken: all of them if the channel blocks, else as many as there was room
    /// for.
    @Override
    public int write(final ByteBuffer source) throws IOException {
        return socket.write(source, blocking);
    }

    /// Sends a FIN after what was written.
    public void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public boolean isOpen() {
        return socket.isOpen();
    }

    @Override
    public void close() {
        socket.close();
    }

    /// Gives the connection to another host of this service, in the middle of whatever it does; the
    /// channel is closed then. If no host takes it, it is accepted here again. Answers false if too
    /// many wait to be given away: then nothing has happened.
    ///
    /// @param state what the next owner is told
    /// @throws ClosedChannelException when the channel is closed
    public boolean giveOn(final Onward onward, final String service, final Octets state)
            throws ClosedChannelException {
        if (!onward.reserve()) {
            return false;
        }
        final int descriptor;
        try {
            descriptor = socket.detach();
        } catch (final ClosedChannelException e) {
            onward.unreserve();
            throw e;
        }
        synchronized (first) {
            final byte[] rest = new byte[first.remaining()];
            first.get(rest);
            onward.give(descriptor, Octets.of(rest), state, service);
        }
        return true;
    }
}
