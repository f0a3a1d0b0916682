package io.boomerang.sim.chassis;

import io.boomerang.backplane.Backplane;
import io.boomerang.backplane.InMemoryBackplane;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/// The backplane between processes on one machine: UDP over the loopback interface, a port for each
/// node. One node of a process uses it, with one thread.
final class UdpBackplane implements ChassisBackplane, Backplane {
    private static final int MOST_BYTES = 1 << 16;
    private static final int BURST = 64;

    private final int firstPort;
    private final ByteBuffer out = ByteBuffer.allocateDirect(MOST_BYTES);
    private final ByteBuffer in = ByteBuffer.allocateDirect(MOST_BYTES);
    private final MemorySegment outMemory = MemorySegment.ofBuffer(out);
    private final MemorySegment inMemory = MemorySegment.ofBuffer(in);
    private final DatagramChannel channel;
    private @Nullable Receiver receiver;
    private InMemoryBackplane.@Nullable Tap tap;
    private int self;
    private int toNode;

    /// @param firstPort the port of node 0
    UdpBackplane(final int firstPort) throws IOException {
        this.firstPort = firstPort;
        channel = DatagramChannel.open();
        channel.configureBlocking(false);
    }

    private InetSocketAddress address(final int node) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), firstPort + node);
    }

    @Override
    public Backplane connect(final int node, final Receiver newReceiver) {
        try {
            channel.bind(address(node));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        self = node;
        receiver = newReceiver;
        return this;
    }

    @Override
    public long claim(final int node, final int length) {
        toNode = node;
        out.limit(length);
        return 0;
    }

    @Override
    public MemorySegment buffer() {
        return outMemory;
    }

    @Override
    public void commit() {
        try {
            channel.send(out.position(0), address(toNode));
        } catch (final IOException _) {
            return; // nobody is there any more: lost, as on any backplane
        } finally {
            out.clear();
        }
    }

    @Override
    public int deliverDue(final long nowNs) {
        final Receiver to = receiver;
        int delivered = 0;
        while (to != null && delivered < BURST) {
            final InetSocketAddress from;
            try {
                from = (InetSocketAddress) channel.receive(in.clear());
            } catch (final IOException _) {
                continue; // says that an earlier datagram found nobody
            }
            if (from == null) {
                break;
            }
            final int fromNode = from.getPort() - firstPort;
            if (tap != null) {
                tap.onDelivered(fromNode, self, inMemory, 0, in.position());
            }
            to.onDatagram(fromNode, inMemory, 0, in.position());
            delivered++;
        }
        return delivered;
    }

    @Override
    public void disconnect(final int node) {
        close();
    }

    @Override
    public void setTap(final InMemoryBackplane.Tap newTap) {
        tap = newTap;
    }

    @Override
    public long nextDueNs() {
        return Long.MAX_VALUE;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
