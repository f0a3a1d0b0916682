package io.boomerang.cluster;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import static java.util.Objects.requireNonNull;

import io.boomerang.cluster.JGroupsConfig.Stack;
import io.boomerang.cluster.key.KeyHolder;
import io.boomerang.cluster.key.KeyedSockets;

import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.JChannel;
import org.jgroups.Message;
import org.jgroups.Receiver;
import org.jgroups.View;
import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;

/// Four JGroups channels with the protocols of members on different hosts, and links between them
/// that can be cut.
final class WalkedChassis implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final int MESSAGES = 10;

    private final List<Node> nodes = new ArrayList<>();
    private int exchanges;

    private static final class Node implements Receiver {
        final CutLinks links = new CutLinks();
        final Queue<String> messages = new ConcurrentLinkedQueue<>();
        final LinkRelay relay;
        final JChannel channel;
        final @Nullable KeyedSockets sockets;
        volatile String view = "";

        Node(final int node, final JGroupsConfig config) throws Exception {
            final Member member = new Member(node, "node-" + node, Member.Role.BLADE, 0, 0);
            final Address address = MemberAddress.of(member);
            final KeyHolder key = config.key();
            sockets = key == null ? null : new KeyedSockets(key, member.name());
            relay = new LinkRelay(member, address);
            channel = new JChannel(JGroupsStack.protocols(config, sockets, List.of(links, relay)));
            channel.setName(member.name());
            channel.addAddressGenerator(() -> address);
            channel.setReceiver(this);
            channel.connect(config.clusterName());
        }

        @Override
        public void viewAccepted(final View newView) {
            view = newView.toString();
        }

        @Override
        public void receive(final Message message) {
            final Member from = requireNonNull(MemberAddress.memberOf(message.getSrc()));
            final String kind = message.getDest() == null ? "all" : "one";
            messages.add(
                    from.node()
                            + " to "
                            + kind
                            + ": "
                            + new String(
                                    message.getArray(),
                                    message.getOffset(),
                                    message.getLength(),
                                    StandardCharsets.US_ASCII));
        }

        int memberCount() {
            return channel.getView().size();
        }
    }

    /// Waits until four members see each other.
    WalkedChassis(final @Nullable KeyHolder key) throws Exception {
        final InetAddress loopback = InetAddress.getLoopbackAddress();
        final List<InetSocketAddress> hosts =
                LoopbackPorts.free(LinkMasks.NODES).stream()
                        .map(port -> new InetSocketAddress(loopback, port))
                        .toList();
        final String name = "links-" + UUID.randomUUID();
        for (int node = 1; node <= LinkMasks.NODES; node++) {
            final int port = hosts.get(node - 1).getPort();
            nodes.add(
                    new Node(
                            node,
                            new JGroupsConfig(name, Stack.TCP, loopback, port, 0, hosts, key)));
        }
        awaitOneView("at first");
    }

    void breakLinks(final int mask) {
        for (int to = 0; to < LinkMasks.NODES; to++) {
            long senders = 0;
            for (int from = 0; from < LinkMasks.NODES; from++) {
                if (from != to && LinkMasks.isBroken(mask, from, to)) {
                    senders |= 1L << from + 1;
                }
            }
            nodes.get(to).links.cut(senders);
        }
    }

    /// Until each member knows of its own links, in both directions.
    void awaitNoticed(final int mask) {
        await(LinkMasks.text(mask))
                .atMost(PATIENCE)
                .pollInterval(POLL)
                .until(() ->
                        IntStream.range(0, LinkMasks.NODES)
                                .allMatch(node -> hasNoticed(mask, node)));
    }

    private boolean hasNoticed(final int mask, final int node) {
        int silent = 0;
        int deaf = 0;
        for (int other = 0; other < LinkMasks.NODES; other++) {
            if (other != node) {
                silent += LinkMasks.isBroken(mask, other, node) ? 1 : 0;
                deaf += LinkMasks.isBroken(mask, node, other) ? 1 : 0;
            }
        }
        final LinkCounters counters = nodes.get(node).relay.counters();
        return counters.silentLinks() == silent && counters.deafLinks() == deaf;
    }

    List<String> views() {
        return nodes.stream().map(node -> node.view).toList();
    }

    void assertViews(final List<String> expected, final String where) {
        assertEquals(expected, views(), where);
    }

    void awaitOneView(final String where) {
        await(where)
                .atMost(PATIENCE)
                .until(() ->
                        views().stream().distinct().count() == 1
                                && nodes.stream()
                                        .allMatch(node -> node.memberCount() == LinkMasks.NODES));
    }

    /// Until somebody has been excluded.
    void awaitDivision(final String where) {
        await(where)
                .atMost(PATIENCE)
                .until(() -> nodes.stream().anyMatch(node -> node.memberCount() < LinkMasks.NODES));
    }

    /// Each member sends to all and to each other one; everything must arrive once and in order.
    void exchange(final String where) {
        exchanges++;
        final List<List<String>> expected = new ArrayList<>();
        for (final Node to : nodes) {
            to.messages.clear();
            final List<String> due = new ArrayList<>();
            for (int from = 1; from <= LinkMasks.NODES; from++) {
                due.addAll(texts(from + " to all: " + exchanges));
                if (nodes.get(from - 1) != to) {
                    due.addAll(texts(from + " to one: " + exchanges));
                }
            }
            expected.add(due);
        }
        send();
        for (int i = 0; i < LinkMasks.NODES; i++) {
            final Node node = nodes.get(i);
            final List<String> due = expected.get(i);
            await(where)
                    .atMost(PATIENCE)
                    .pollInterval(POLL)
                    .until(() -> node.messages.size() >= due.size());
            for (int from = 1; from <= LinkMasks.NODES; from++) {
                assertEquals(
                        with(due, from + " to all"), with(node.messages, from + " to all"), where);
                assertEquals(
                        with(due, from + " to one"), with(node.messages, from + " to one"), where);
            }
        }
    }

    private static List<String> texts(final String before) {
        return IntStream.range(0, MESSAGES).mapToObj(i -> before + "." + i).toList();
    }

    private static List<String> with(final Iterable<String> messages, final String beginning) {
        final List<String> found = new ArrayList<>();
        messages.forEach(message -> {
            if (message.startsWith(beginning)) {
                found.add(message);
            }
        });
        return found;
    }

    private void send() {
        for (int i = 0; i < MESSAGES; i++) {
            final byte[] text = (exchanges + "." + i).getBytes(StandardCharsets.US_ASCII);
            for (final Node from : nodes) {
                send(from, new BytesMessage(null, text));
                for (final Node to : nodes) {
                    if (to != from) {
                        send(from, new BytesMessage(to.channel.getAddress(), text));
                    }
                }
            }
        }
    }

    private static void send(final Node from, final Message message) {
        try {
            from.channel.send(message);
        } catch (final Exception e) {
            throw new IllegalStateException(e);
        }
    }

    long sentByRelay() {
        return nodes.stream().mapToLong(node -> node.relay.counters().sentByRelay()).sum();
    }

    @Override
    public void close() {
        breakLinks(0);
        for (final Node node : nodes.reversed()) {
            node.channel.close();
            if (node.sockets != null) {
                node.sockets.close();
            }
        }
    }
}
