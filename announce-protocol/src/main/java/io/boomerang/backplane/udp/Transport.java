package io.boomerang.backplane.udp;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/// Which of Netty's transports carries the datagrams.
enum Transport {
    /// Linux' own calls. Several datagrams are sent with one call, and received with one where the
    /// kernel has joined them (udp(7), UDP_GRO); Netty's recvmmsg does not tell where such end.
    EPOLL {
        @Override
        IoHandlerFactory ioHandler() {
            return EpollIoHandler.newFactory();
        }

        @Override
        DatagramChannel channel(final boolean ipv6) {
            return new EpollDatagramChannel(family(ipv6));
        }

        @Override
        boolean segments() {
            return EpollDatagramChannel.isSegmentedDatagramPacketSupported();
        }

        @Override
        int mostDatagrams() {
            return 256;
        }

        @Override
        void configure(final Bootstrap bootstrap) {
            bootstrap
                    .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, DATAGRAM_BYTES)
                    .option(EpollChannelOption.UDP_GRO, true);
        }
    },
    /// Java's own: one datagram per call.
    NIO {
        @Override
        IoHandlerFactory ioHandler() {
            return NioIoHandler.newFactory();
        }

        @Override
        DatagramChannel channel(final boolean ipv6) {
            return new NioDatagramChannel(family(ipv6));
        }

        @Override
        boolean segments() {
            return false;
        }

        // More would be read before the first one is handed over.
        @Override
        int mostDatagrams() {
            return 1;
        }
    };

    private static final Logger LOG = LogManager.getLogger(Transport.class);

    /// What one call reads at the most.
    static final int DATAGRAM_BYTES = 1 << 16;

    abstract IoHandlerFactory ioHandler();

    abstract DatagramChannel channel(boolean ipv6);

    /// Whether the kernel takes several datagrams of one length as one.
    abstract boolean segments();

    /// How many are received in one turn.
    abstract int mostDatagrams();

    /// Sets the options that only this transport has.
    void configure(final Bootstrap bootstrap) {}

    static Transport best() {
        if (Epoll.isAvailable()) {
            return EPOLL;
        }
        LOG.warn(
                "backplane uses java.nio, one datagram per call, because epoll is unavailable: {}",
                String.valueOf(Epoll.unavailabilityCause()));
        return NIO;
    }

    private static SocketProtocolFamily family(final boolean ipv6) {
        return ipv6 ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
    }
}
