package io.boomerang.backplane;

import io.boomerang.backplane.Backplane.Receiver;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.Member;
import io.boomerang.link.HelloCodec;
import io.boomerang.link.LinkState;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// A node's connection to a backplane of which single links may be broken, in one direction or in
/// both: a datagram goes by way of other nodes when its receiver is not heard to hear this one.
///
/// Stands between the node and the backplane, and neither knows of it. Hellos and datagrams for
/// others end here. While all links work, a datagram passes as it is, for one array read more; on a
/// detour it is {@link #RELAY_BYTES} bytes longer, and the node that receives it hears of the one
/// that sent it first, not of the relay. Frames of one flow keep their order except when links
/// change. What has no way to go is dropped and counted, as is what has crossed {@link
/// LinkState#MAX_LINKS} links; nothing is ever doubled here.
///
/// Only members of the chassis are relays, are relayed for, or are believed. Used by one thread.
public final class RelayingBackplane implements Backplane {
    /// How much longer a datagram is on a detour: a backplane's largest datagram, less this, is the
    /// largest one that can take any.
    public static final int RELAY_BYTES = RelayOption.LENGTH;

    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

    private final int self;
    private final RelayConfig config;
    private final Receiver node;
    private final Drops drops;
    private final Backplane backplane;
    private final LinkState links;

    private final MemorySegment hello =
            MemorySegment.ofArray(new byte[HelloDatagram.HEADER_LENGTH + HelloCodec.MAX_BYTES]);

    private long tickNs;
    private long lastTickNs;
    private boolean hasTicked;

    /// Where the datagram that is being written will go if it takes a detour, else 0.
    private int relayedTo;

    private long place;

    private long sentByRelay;
    private long relayed;
    private long cameByRelay;
    private long droppedNoPath;
    private long droppedTooFar;
    private long droppedFull;
    private long refused;
    private long hellosSent;
    private long hellosReceived;

    /// Hears of datagrams that end here.
    public interface Drops {
        /// Nothing leads from this node to `destination`, for one of its own datagrams, that was
        /// not claimed, or for one of others.
        void onNoPath(int destination);

        /// A datagram of others was not sent on. The memory belongs to the backplane.
        void onNotRelayed(Reason reason, MemorySegment datagram, long offset, int length);
    }

    /// Why a datagram was not sent on.
    public enum Reason {
        STRANGER,
        NO_PATH,
        TOO_FAR,
        FULL
    }

    /// @param connect connects a receiver to the backplane
    public RelayingBackplane(
            final RelayConfig config,
            final Member self,
            final Receiver node,
            final Drops drops,
            final Function<Receiver, Backplane> connect) {
        this.self = self.node();
        this.config = config;
        this.node = node;
        this.drops = drops;
        links = new LinkState(self.node(), self.incarnation(), Member.MAX_NODE);
        tickNs = tickNs(1);
        HelloDatagram.writeHeader(hello, 0, config.vni());
        backplane = connect.apply(this::onDatagram);
    }

    private long tickNs(final int nodes) {
        return config.intervalMs(nodes) * MS / LinkState.TICKS_PER_INTERVAL;
    }

    // Sending

    @Override
    public long claim(final int toNode, final int length) {
        final int next = links.nextHop(toNode);
        if (next == toNode) {
            relayedTo = 0;
            return backplane.claim(toNode, length);
        }
        if (next == 0) {
            droppedNoPath++;
            drops.onNoPath(toNode);
            return NO_PATH;
        }
        relayedTo = toNode;
        place = backplane.claim(next, length + RelayOption.LENGTH);
        return place < 0 ? place : place + RelayOption.LENGTH;
    }

    @Override
    public MemorySegment buffer() {
        return backplane.buffer();
    }

    @Override
    public void commit() {
        if (relayedTo != 0) {
            sentByRelay++;
            RelayOption.insert(backplane.buffer(), place, self, relayedTo, LinkState.MAX_LINKS - 1);
        }
        backplane.commit();
    }

    // Receiving

    private void onDatagram(
            final int from, final MemorySegment datagram, final long offset, final int length) {
        if (links.isMember(from)) {
            links.onHeard(from);
        }
        if (HelloDatagram.isControl(datagram, offset, length)) {
            takeHello(from, datagram, offset, length);
        } else if (RelayOption.isIn(datagram, offset, length)) {
            takeRelayed(from, datagram, offset, length);
        } else {
            node.onDatagram(from, datagram, offset, length);
        }
    }

    private void takeHello(
            final int from, final MemorySegment datagram, final long offset, final int length) {
        final int header = HelloDatagram.HEADER_LENGTH;
        if (links.isMember(from)
                && HelloDatagram.isHello(datagram, offset, config.vni())
                && links.readHello(from, datagram, offset + header, length - header)) {
            hellosReceived++;
        } else {
            refused++;
        }
    }

    private void takeRelayed(
            final int from, final MemorySegment datagram, final long offset, final int length) {
        final int origin = RelayOption.origin(datagram, offset);
        final int destination = RelayOption.destination(datagram, offset);
        if (!links.isMember(from) || !links.isMember(origin) || origin == self) {
            refused++;
            drops.onNotRelayed(Reason.STRANGER, datagram, offset, length);
        } else if (destination == self) {
            cameByRelay++;
            node.onDatagram(origin, datagram, offset, length);
        } else {
            relay(destination, datagram, offset, length);
        }
    }

    private void relay(
            final int destination,
            final MemorySegment datagram,
            final long offset,
            final int length) {
        final int linksLeft = RelayOption.links(datagram, offset);
        final int next = links.nextHop(destination);
        if (linksLeft == 0) {
            droppedTooFar++;
            drops.onNotRelayed(Reason.TOO_FAR, datagram, offset, length);
        } else if (next == 0) {
            droppedNoPath++;
            drops.onNoPath(destination);
            drops.onNotRelayed(Reason.NO_PATH, datagram, offset, length);
        } else {
            final long copy = backplane.claim(next, length);
            if (copy < 0) {
                droppedFull++;
                drops.onNotRelayed(Reason.FULL, datagram, offset, length);
                return;
            }
            final MemorySegment buffer = backplane.buffer();
            MemorySegment.copy(datagram, offset, buffer, copy, length);
            RelayOption.setLinks(buffer, copy, linksLeft - 1);
            backplane.commit();
            relayed++;
        }
    }

    // Watching the links

    /// The members of the chassis have changed.
    public void onView(final ClusterView view) {
        final int count = view.members().size();
        links.onMembers(
                view.members().stream().mapToInt(Member::node).toArray(),
                view.members().stream().mapToInt(Member::incarnation).toArray());
        tickNs = tickNs(count);
    }

    /// Does what is due; answers how many hellos were sent. Late calls slow the watch down: nothing
    /// is thought to be broken because of them.
    public int onTimer(final long nowNs) {
        if (hasTicked && nowNs - lastTickNs < tickNs) {
            return 0;
        }
        hasTicked = true;
        lastTickNs = nowNs;
        links.tick();
        return links.isHelloDue() ? sayHello() : 0;
    }

    private int sayHello() {
        int sent = 0;
        for (int to = links.memberAfter(0); to != 0; to = links.memberAfter(to)) {
            final int length =
                    HelloDatagram.HEADER_LENGTH
                            + links.writeHello(to, hello, HelloDatagram.HEADER_LENGTH);
            final long at = backplane.claim(to, length);
            if (at >= 0) {
                MemorySegment.copy(hello, 0, backplane.buffer(), at, length);
                backplane.commit();
                sent++;
            }
        }
        hellosSent += sent;
        return sent;
    }

    // What others may see

    /// The neighbour to whom a datagram for `node` goes: the node itself, another one on a detour,
    /// 0 when there is no way.
    public int nextHop(final int node) {
        return links.nextHop(node);
    }

    /// Whether a datagram is a hello: it carries no frame.
    public static boolean isHello(
            final MemorySegment datagram, final long offset, final int length) {
        return HelloDatagram.isControl(datagram, offset, length);
    }

    public RelayCounters counters() {
        return new RelayCounters(
                sentByRelay,
                relayed,
                cameByRelay,
                droppedNoPath,
                droppedTooFar,
                droppedFull,
                refused,
                hellosSent,
                hellosReceived);
    }
}
