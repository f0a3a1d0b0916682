package io.boomerang.backplane.udp;

import io.boomerang.backplane.Backplane;
import io.boomerang.backplane.FrameSeal;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.Member;
import io.boomerang.memory.AnonymousMemory;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.IoRegistration;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.Future;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A node's connection to a backplane that is a network: GENEVE over UDP, each datagram with the
/// chassis' tag (see {@link FrameSeal}). Who sent a datagram is told by its tag, never by its
/// address.
///
/// Belongs to the thread that makes it; that thread drives Netty's event loop in {@link #poll}, and
/// receivers run there. Sending gathers: {@link #commit} only takes note, {@link #flush} hands
/// everything to the kernel, as segments of few calls where lengths allow it. When the kernel takes
/// no more, claims fail until it does, and are counted; what it had been given by then is sent.
public final class UdpBackplane implements Backplane, AutoCloseable {
    /// The most that UDP over IPv4 carries.
    private static final int MAX_DATAGRAM_BYTES = 65_535 - 20 - 8;

    private final UdpConfig config;
    private final Receiver receiver;
    private final Transport transport;
    private final FrameSeal seal;
    private final Arena arena = Arena.ofShared();
    private final @Nullable Lane[] laneByNode = new Lane[Member.MAX_NODE + 1];
    private final Lane[] pending;
    private int pendingCount;

    private final ManualIoEventLoop loop;
    private final Channel channel;
    private @Nullable Lane claimed;
    private int claimedNode;
    private int claimedLength;
    private @Nullable RuntimeException failure;

    private long sent;
    private long sends;
    private long received;
    private long droppedUnknownNode;
    private long droppedTooLong;
    private long droppedFull;
    private long sendsRefused;
    private long refusedMalformed;
    private long refusedUntagged;
    private long refusedUnknownKey;
    private long refusedWrongTag;
    private long refusedReplayed;

    /// Opens the socket.
    ///
    /// @throws IOException when the address cannot be used
    public UdpBackplane(final UdpConfig config, final Member self, final Receiver receiver)
            throws IOException {
        this(config, self, receiver, Transport.best());
    }

    UdpBackplane(
            final UdpConfig config,
            final Member self,
            final Receiver receiver,
            final Transport transport)
            throws IOException {
        this.config = config;
        this.receiver = receiver;
        this.transport = transport;
        seal = new FrameSeal(config.keys(), self.node(), self.incarnation(), config.frameBytes());
        pending = new Lane[config.peers().size()];
        loop = new ManualIoEventLoop(Thread.currentThread(), transport.ioHandler());
        makeLanes();
        try {
            channel = open();
        } catch (final IOException | RuntimeException e) {
            close(loop);
            arena.close();
            throw e;
        }
    }

    private void makeLanes() {
        if (config.peers().isEmpty()) {
            return;
        }
        final MemorySegment memory =
                AnonymousMemory.allocate(arena, (long) Lane.BYTES * config.peers().size());
        int index = 0;
        for (final Map.Entry<Integer, InetSocketAddress> peer : config.peers().entrySet()) {
            laneByNode[peer.getKey()] =
                    new Lane(
                            peer.getValue(),
                            memory.asSlice((long) Lane.BYTES * index++, Lane.BYTES),
                            config.packetBytes(),
                            transport.segments());
        }
    }

    private Channel open() throws IOException {
        final Bootstrap bootstrap = new Bootstrap();
        bootstrap
                .group(loop)
                .channelFactory(() -> transport.channel(config.isIpv6()))
                .option(ChannelOption.SO_RCVBUF, config.socketBytes())
                .option(ChannelOption.SO_SNDBUF, config.socketBytes())
                .option(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new ReceiveBuffer(
                                AnonymousMemory.allocate(arena, Transport.DATAGRAM_BYTES),
                                transport.mostDatagrams()))
                .handler(new Inbox());
        transport.configure(bootstrap);
        final ChannelFuture bound = bootstrap.bind(config.local());
        while (!bound.isDone()) {
            loop.runNow();
        }
        final Throwable cause = bound.cause();
        if (cause != null) {
            final IOException refusal =
                    new BindException(
                            "cannot listen on " + config.local() + ": " + cause.getMessage());
            refusal.initCause(cause);
            throw refusal;
        }
        return bound.channel();
    }

    // Sending

    @Override
    public long claim(final int toNode, final int length) {
        claimed = null;
        final Lane lane = toNode < 1 || toNode > Member.MAX_NODE ? null : laneByNode[toNode];
        if (lane == null) {
            droppedUnknownNode++;
            return -1;
        }
        final int sealedLength = length + FrameSeal.BYTES;
        if (length < 0 || sealedLength > MAX_DATAGRAM_BYTES) {
            droppedTooLong++;
            return -1;
        }
        if (!lane.hasRoom(sealedLength)) {
            flush();
        }
        if (isBlocked() || !lane.hasRoom(sealedLength)) {
            droppedFull++;
            return -1;
        }
        claimed = lane;
        claimedNode = toNode;
        claimedLength = length;
        return lane.position() + FrameSeal.BYTES;
    }

    @Override
    public MemorySegment buffer() {
        return claimedLane().memory;
    }

    private Lane claimedLane() {
        final Lane lane = claimed;
        if (lane == null) {
            throw new IllegalStateException("no place has been claimed");
        }
        return lane;
    }

    @Override
    public void commit() {
        final Lane lane = claimedLane();
        claimed = null;
        if (!seal.seal(lane.memory, lane.position(), claimedLength, claimedNode)) {
            droppedFull++;
            return;
        }
        if (lane.isEmpty()) {
            pending[pendingCount++] = lane;
        }
        lane.append(claimedLength + FrameSeal.BYTES);
        sent++;
    }

    /// Hands everything committed to the kernel.
    public void flush() {
        if (pendingCount == 0 || isBlocked()) {
            return;
        }
        for (int i = 0; i < pendingCount; i++) {
            sends += pending[i].write(channel);
        }
        pendingCount = 0;
        channel.flush();
    }

    /// Whether the kernel has not taken all it was given.
    private boolean isBlocked() {
        final ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        return buffer == null || !buffer.isEmpty();
    }

    // Receiving

    /// Hands over what has arrived and answers how many genuine datagrams that were; waits at most
    /// `waitNs` for something to arrive, for anything at all, or for {@link #wakeUp}.
    public int poll(final long waitNs) {
        final long before = received;
        if (waitNs > 0) {
            loop.run(waitNs);
        } else {
            loop.runNow();
        }
        final RuntimeException thrown = failure;
        if (thrown != null) {
            failure = null;
            throw thrown;
        }
        return (int) (received - before);
    }

    /// Ends the wait of {@link #poll} whenever the descriptor is readable, too: a packet port's,
    /// for instance. It stays its owner's, who keeps it open for as long as this is open.
    public void watch(final int descriptor) {
        if (transport != Transport.EPOLL) {
            return; // a wait is short, see poll
        }
        final Future<IoRegistration> registered = loop.register(new ReadableDescriptor(descriptor));
        while (!registered.isDone()) {
            loop.runNow();
        }
        if (!registered.isSuccess()) {
            throw new IllegalStateException("the descriptor cannot be watched", registered.cause());
        }
        registered.getNow().submit(EpollIoOps.EPOLLIN);
    }

    /// Ends the wait of {@link #poll}. Any thread.
    public void wakeUp() {
        loop.wakeup();
    }

    /// The members of the chassis have changed: what an earlier incarnation of one has sent is not
    /// believed any more.
    public void onView(final ClusterView view) {
        for (final Member member : view.members()) {
            seal.expect(member.node(), member.incarnation());
        }
    }

    private void take(final ByteBuf content) {
        final int length = content.readableBytes();
        final int each =
                content instanceof final JoinedDatagrams joined ? joined.datagramBytes() : length;
        final MemorySegment memory =
                MemorySegment.ofBuffer(content.internalNioBuffer(content.readerIndex(), length));
        int at = 0;
        do {
            take(memory, at, Math.min(each, length - at));
            at += each;
        } while (at < length);
    }

    private void take(final MemorySegment memory, final long at, final int length) {
        switch (seal.open(memory, at, length)) {
            case GENUINE -> {
                received++;
                receiver.onDatagram(
                        seal.from(), memory, at + FrameSeal.BYTES, length - FrameSeal.BYTES);
            }
            case MALFORMED -> refusedMalformed++;
            case UNTAGGED -> refusedUntagged++;
            case UNKNOWN_KEY -> refusedUnknownKey++;
            case WRONG_TAG -> refusedWrongTag++;
            case REPLAYED -> refusedReplayed++;
        }
    }

    public UdpCounters counters() {
        return new UdpCounters(
                sent,
                sends,
                received,
                droppedUnknownNode,
                droppedTooLong,
                droppedFull,
                sendsRefused,
                refusedMalformed,
                refusedUntagged,
                refusedUnknownKey,
                refusedWrongTag,
                refusedReplayed);
    }

    /// Sends what was committed and closes the socket. By the owning thread.
    @Override
    public void close() {
        flush();
        final ChannelFuture _ = channel.close();
        close(loop);
        arena.close();
    }

    private static void close(final ManualIoEventLoop loop) {
        final Future<?> _ = loop.shutdownGracefully(0, 0, TimeUnit.NANOSECONDS);
        while (!loop.isTerminated()) {
            loop.runNow();
        }
    }

    /// What Netty calls, within {@link #poll} and {@link #flush}.
    private final class Inbox extends SimpleChannelInboundHandler<DatagramPacket> {
        @Override
        protected void channelRead0(
                final ChannelHandlerContext context, final DatagramPacket packet) {
            try {
                take(packet.content());
            } catch (final RuntimeException e) {
                // Of the receiver: it belongs to whoever polls, not to Netty.
                failure = e;
            }
        }

        @Override
        public void exceptionCaught(final ChannelHandlerContext context, final Throwable cause) {
            if (cause instanceof IOException) {
                sendsRefused++;
            } else {
                failure = new IllegalStateException("the backplane's socket failed", cause);
            }
        }
    }
}
