package io.boomerang.handoff.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.boomerang.handoff.ByteStream;
import io.boomerang.handoff.classifier.Classifier;
import io.boomerang.handoff.front.FrontConfig;
import io.boomerang.handoff.host.HandedChannel;
import io.boomerang.handoff.host.HandoffServerChannel;
import io.boomerang.handoff.move.ConnectionOutlet;
import io.boomerang.handoff.move.RotatingHosts;
import io.boomerang.handoff.netty.NettyOutlet;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// Servers that write back what they read: one in Java, one in Netty, in this process; their
/// connections come from a classifier in another namespace.
class OutletsIT {
    private static final String ALL = "io.boomerang.handoff.kernel.Wire#all";
    private static final int CLIENT_TIMEOUT_MS = 20_000;
    private static final int FIRST_BYTES = 100;
    private static final int BULK = 300_000;
    private static final int CLASSIFIER = 0;
    private static final int JAVA = 1;
    private static final int NETTY = 2;

    private static final List<MovingBlade> BLADES = new ArrayList<>();
    private static final HandoffServerChannel SERVER = new HandoffServerChannel(8);
    private static Lab lab;
    private static EventLoopGroup group;
    private static Thread accepting;

    /// Writes back everything, and its end.
    @Sharable
    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(final ChannelHandlerContext context, final Object message) {
            context.writeAndFlush(message).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        }
    }

    @BeforeAll
    static void build() throws Exception {
        final String reason = KernelTcp.unavailable();
        assumeTrue(reason == null, () -> "no hand-off of kernel connections here: " + reason);
        lab = Lab.build();
        group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        final RotatingHosts hosts = new RotatingHosts(Map.of("any", List.of(JAVA, NETTY)));
        hosts.setLiving(Set.of(JAVA, NETTY));
        final Classifier classifier =
                new Classifier(List.of(), "any", FIRST_BYTES, TimeUnit.SECONDS.toNanos(10));
        final FrontConfig front =
                new FrontConfig(
                        List.of(Lab.virtualAddress(false), Lab.virtualAddress(true)),
                        classifier,
                        8,
                        2);
        BLADES.add(blade(CLASSIFIER, hosts, front, null));
        BLADES.add(blade(JAVA, hosts, null, SERVER));
        BLADES.add(blade(NETTY, hosts, null, new NettyOutlet(group, new Echo())));
        for (final MovingBlade blade : BLADES) {
            blade.start();
        }
        accepting = Thread.ofPlatform().daemon().start(OutletsIT::serve);
    }

    private static MovingBlade blade(
            final int number,
            final RotatingHosts hosts,
            final @Nullable FrontConfig front,
            final @Nullable ConnectionOutlet outlet) {
        return new MovingBlade(
                lab, number, BLADES, hosts, new MovingBlade.Parts(front, null, outlet));
    }

    private static void serve() {
        try {
            while (true) {
                final HandedChannel channel = SERVER.accept();
                Thread.ofVirtual().start(() -> echo(channel));
            }
        } catch (final ClosedChannelException | InterruptedException _) {
            // The test is over.
        }
    }

    private static void echo(final HandedChannel channel) {
        final ByteBuffer buffer = ByteBuffer.allocate(1 << 12);
        try (channel) {
            while (channel.read(buffer.clear()) >= 0) {
                channel.write(buffer.flip());
            }
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    @AfterAll
    static void clean() throws InterruptedException {
        SERVER.close();
        BLADES.forEach(MovingBlade::close);
        if (lab != null) {
            accepting.join();
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
            lab.close();
        }
    }

    /// Twice, because hosts have their turns.
    @ParameterizedTest(name = "{0}")
    @MethodSource(ALL)
    void shouldServeTheFirstBytesAndTheRest(final Wire wire) throws Exception {
        wire.apply(lab.client());
        for (int host = JAVA; host <= NETTY; host++) {
            lab.steerTo(CLASSIFIER);
            final InetSocketAddress address = Lab.virtualAddress(wire.ipv6());
            try (Capture capture = new Capture(lab);
                    Socket client =
                            lab.client()
                                    .call(() ->
                                            new Socket(address.getAddress(), address.getPort()))) {
                client.setSoTimeout(CLIENT_TIMEOUT_MS);
                client.setTcpNoDelay(true);
                final byte[] first = new ByteStream(host).next(FIRST_BYTES);
                for (final byte one : first) {
                    client.getOutputStream().write(one);
                }
                assertArrayEquals(first, client.getInputStream().readNBytes(FIRST_BYTES));
                final byte[] bulk = new ByteStream(host + 2).next(BULK);
                final Thread writer = Thread.ofVirtual().start(() -> write(client, bulk));
                assertArrayEquals(bulk, client.getInputStream().readNBytes(BULK));
                writer.join();
                client.shutdownOutput();
                assertEquals(-1, client.getInputStream().read());
                assertEquals(1, capture.handshakes());
                capture.requireNoReset();
            }
        }
        BLADES.forEach(blade -> assertNull(blade.failure()));
    }

    private static void write(final Socket client, final byte[] bytes) {
        try {
            client.getOutputStream().write(bytes);
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }
}
