package io.boomerang.handoff.netty;

import io.boomerang.handoff.ConnectionState;
import io.boomerang.handoff.Octets;
import io.boomerang.handoff.move.ConnectionOutlet;
import io.boomerang.handoff.move.HandedConnection;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.util.AttributeKey;

import org.jspecify.annotations.Nullable;

/// Serves connections by Netty: each becomes a channel whose pipeline first reads what another node
/// has read of it.
///
/// Needs an event loop group with epoll. The handler is added to each channel before anything is
/// read, as a server's child handler is; so it has to be sharable, or an initializer.
public final class NettyOutlet implements ConnectionOutlet {
    /// What the connection's old owner says of it.
    public static final AttributeKey<Octets> APPLICATION_STATE =
            AttributeKey.valueOf(NettyOutlet.class, "APPLICATION_STATE");

    private final EventLoopGroup group;
    private final ChannelHandler handler;

    public NettyOutlet(final EventLoopGroup group, final ChannelHandler handler) {
        this.group = group;
        this.handler = handler;
    }

    @Override
    public @Nullable String refusal(final ConnectionState state) {
        return group.isShuttingDown() ? "the server has stopped" : null;
    }

    @Override
    public boolean deliver(final HandedConnection connection) {
        if (group.isShuttingDown()) {
            return false;
        }
        final EpollSocketChannel channel = new EpollSocketChannel(connection.socket().detach());
        channel.config().setAutoRead(false);
        channel.attr(APPLICATION_STATE).set(connection.applicationState());
        channel.pipeline().addLast(handler);
        group.register(channel)
                .addListener(registered -> {
                    if (registered.isSuccess()) {
                        begin(channel, connection.alreadyRead());
                    } else {
                        channel.unsafe().closeForcibly();
                    }
                });
        return true;
    }

    private static void begin(final EpollSocketChannel channel, final Octets alreadyRead) {
        if (alreadyRead.length() > 0) {
            channel.pipeline().fireChannelRead(Unpooled.wrappedBuffer(alreadyRead.toArray()));
            channel.pipeline().fireChannelReadComplete();
        }
        channel.config().setAutoRead(true);
    }
}
