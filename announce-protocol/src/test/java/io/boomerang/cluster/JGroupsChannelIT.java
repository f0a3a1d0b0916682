package io.boomerang.cluster;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.util.Objects.requireNonNull;

import io.boomerang.cluster.JGroupsConfig.Stack;
import io.boomerang.cluster.key.KeyHolder;
import io.boomerang.cluster.key.TestKeys;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;

class JGroupsChannelIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long DIGEST = ClusterParameters.DEFAULTS.digest();

    private final List<ClusterChannel> channels = new ArrayList<>();

    static Stream<JGroupsConfig> withinThisProcess() {
        final String name = "test-" + UUID.randomUUID();
        return Stream.of(
                JGroupsConfig.inMemory(name),
                JGroupsConfig.loopback(name),
                JGroupsConfig.loopback(name + "-keyed").withKey(KeyHolder.of(TestKeys.key(0))));
    }

    @AfterEach
    void closeAll() {
        Collections.reverse(channels);
        channels.forEach(ClusterChannel::close);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("withinThisProcess")
    void shouldShowEachMemberToAll(final JGroupsConfig config) {
        final List<Member> members =
                List.of(
                        new Member(1, "ingress-1", Member.Role.INGRESS_REDIRECTOR, 3, DIGEST),
                        new Member(2, "egress-1", Member.Role.EGRESS_REDIRECTOR, 0xFFFF, DIGEST),
                        new Member(1_023, "blade-1", Member.Role.BLADE, 0, DIGEST));
        final List<RecordingListener> listeners = new ArrayList<>();

        for (final Member member : members) {
            listeners.add(new RecordingListener());
            connect(config, member, listeners.getLast());
            assertFalse(listeners.getLast().views().isEmpty());
        }

        await().atMost(PATIENCE)
                .until(() ->
                        channels.stream()
                                .allMatch(channel -> members.equals(channel.view().members())));
        assertEquals(channels.getFirst().view(), channels.getLast().view());
        assertEquals(
                List.of("view [1]", "view [1, 2]", "view [1, 2, 1023]"),
                listeners.getFirst().views());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("withinThisProcess")
    void shouldDeliverTheMessagesOfEachSenderInOrder(final JGroupsConfig config) {
        final int count = 500;
        final List<RecordingListener> listeners = connectNodes(config, 3);

        for (int i = 0; i < count; i++) {
            for (final ClusterChannel from : channels) {
                if (i % 3 == 0) {
                    broadcast(from, Integer.toString(i));
                } else {
                    for (int to = 1; to <= 3; to++) {
                        if (to != from.self().node()) {
                            assertTrue(send(from, to, Integer.toString(i)));
                        }
                    }
                }
            }
        }

        for (int node = 1; node <= 3; node++) {
            final RecordingListener listener = listeners.get(node - 1);
            await().atMost(PATIENCE).until(() -> listener.messages().size() == 2 * count);
            for (int from = 1; from <= 3; from++) {
                final String prefix = from + ":";
                assertEquals(
                        from == node
                                ? List.of()
                                : IntStream.range(0, count).mapToObj(i -> prefix + i).toList(),
                        listener.messages().stream()
                                .filter(message -> message.startsWith(prefix))
                                .toList());
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("withinThisProcess")
    void shouldCarryAMessageOfMegabytesAsItWasWhenSent(final JGroupsConfig config) {
        final AtomicReference<byte[]> received = new AtomicReference<>();
        connect(config, member(1), new RecordingListener());
        connect(
                config,
                member(2),
                new ClusterListener() {
                    @Override
                    public void onMessage(
                            final int fromNode,
                            final byte[] buffer,
                            final int offset,
                            final int length) {
                        received.set(Arrays.copyOfRange(buffer, offset, offset + length));
                    }

                    @Override
                    public void onView(final ClusterView view) {}
                });
        awaitViews(2);
        final byte[] message = new byte[2 << 20];
        for (int i = 0; i < message.length; i++) {
            message[i] = (byte) (i * 31 >> 3);
        }
        final byte[] expected = message.clone();

        assertTrue(channels.getFirst().send(2, message, 0, message.length));
        Arrays.fill(message, (byte) 0);

        await().atMost(PATIENCE).until(() -> received.get() != null);
        assertTrue(Arrays.equals(expected, received.get()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("withinThisProcess")
    void shouldLeaveWithAView(final JGroupsConfig config) {
        final List<RecordingListener> listeners = connectNodes(config, 3);

        channels.getFirst().close();

        final ClusterChannel two = channels.get(1);
        await().atMost(PATIENCE).until(() -> two.view().members().size() == 2);
        assertEquals("view [2, 3]", listeners.get(1).views().getLast());
        assertFalse(send(two, 1, "a"));
        assertFalse(send(channels.getFirst(), 2, "b"));
        assertTrue(send(two, 3, "c"));
        await().atMost(PATIENCE).until(() -> listeners.get(2).messages().contains("2:c"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("withinThisProcess")
    void shouldWelcomeANodeThatComesBack(final JGroupsConfig config) {
        connectNodes(config, 2);
        channels.get(1).close();
        await().atMost(PATIENCE).until(() -> channels.getFirst().view().members().size() == 1);

        final RecordingListener listener = new RecordingListener();
        connect(config, new Member(2, "node-2", Member.Role.BLADE, 1, DIGEST), listener);

        await().atMost(PATIENCE).until(() -> send(channels.getFirst(), 2, "a"));
        await().atMost(PATIENCE).until(() -> listener.messages().contains("1:a"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("withinThisProcess")
    void shouldRefuseANodeIdThatIsTaken(final JGroupsConfig config) {
        connectNodes(config, 2);
        final ClusterChannel other =
                new JGroupsChannel(config, new Member(2, "other", Member.Role.BLADE, 1, DIGEST));
        final RecordingListener heardByOther = new RecordingListener();

        final var refusal =
                assertThrows(JoinRefusedException.class, () -> other.connect(heardByOther));

        assertEquals("node id 2 of other is already used by node-2", refusal.getMessage());
        assertEquals(List.of(), heardByOther.events());
        for (final ClusterChannel channel : channels) {
            assertEquals(List.of(member(1), member(2)), channel.view().members());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("withinThisProcess")
    void shouldRefuseOtherClusterParameters(final JGroupsConfig config) {
        connectNodes(config, 1);
        final ClusterChannel other =
                new JGroupsChannel(config, new Member(2, "other", Member.Role.BLADE, 0, 0xABC));

        final var refusal =
                assertThrows(
                        JoinRefusedException.class, () -> other.connect(new RecordingListener()));

        assertEquals(
                "other runs with cluster parameters 0000000000000abc, but node-1 with %016x"
                        .formatted(DIGEST),
                refusal.getMessage());
    }

    @Test
    void shouldFindMembersByTheirHostsAndPorts() throws IOException {
        final int port = freePort();
        final InetAddress loopback = InetAddress.getLoopbackAddress();
        final JGroupsConfig config =
                new JGroupsConfig(
                        "test-" + UUID.randomUUID(),
                        Stack.TCP,
                        loopback,
                        port,
                        9,
                        List.of(new InetSocketAddress(loopback, port)));

        final List<RecordingListener> listeners = connectNodes(config, 2);
        assertTrue(send(channels.getFirst(), 2, "a"));
        assertTrue(send(channels.getLast(), 1, "b"));

        await().atMost(PATIENCE).until(() -> listeners.getLast().messages().contains("1:a"));
        await().atMost(PATIENCE).until(() -> listeners.getFirst().messages().contains("2:b"));
    }

    /// As when its process has bound its port, but has no processor yet.
    @Test
    void shouldWaitForAMemberThatIsLate() throws Exception {
        final InetAddress loopback = InetAddress.getLoopbackAddress();
        final String cluster = "test-" + UUID.randomUUID();
        final List<InetSocketAddress> hosts =
                List.of(
                        new InetSocketAddress(loopback, freePort()),
                        new InetSocketAddress(loopback, freePort()));
        final KeyHolder key = KeyHolder.of(TestKeys.key(0));
        final JGroupsChannel early = new JGroupsChannel(keyed(cluster, hosts, 0, key), member(1));
        channels.add(early);
        final CompletableFuture<Void> joined;
        try (ServerSocket late = new ServerSocket()) {
            late.bind(hosts.getLast());
            joined = CompletableFuture.runAsync(() -> early.connect(new RecordingListener()));
            await().atMost(PATIENCE).until(() -> early.connectionsRefused() > 0);
        }

        connect(keyed(cluster, hosts, 1, key), member(2), new RecordingListener());

        awaitViews(2);
        joined.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static JGroupsConfig keyed(
            final String cluster,
            final List<InetSocketAddress> hosts,
            final int own,
            final KeyHolder key) {
        final InetSocketAddress local = hosts.get(own);
        return new JGroupsConfig(
                cluster, Stack.TCP, local.getAddress(), local.getPort(), 0, hosts, key);
    }

    @Test
    void shouldSayWhichClusterItCannotJoin() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            final JGroupsConfig config =
                    new JGroupsConfig(
                            "chassis-7",
                            Stack.TCP,
                            taken.getInetAddress(),
                            taken.getLocalPort(),
                            0,
                            List.of(new InetSocketAddress(taken.getInetAddress(), 1)));
            final ClusterChannel channel = new JGroupsChannel(config, member(1));

            final var failure =
                    assertThrows(
                            IllegalStateException.class,
                            () -> channel.connect(new RecordingListener()));

            assertTrue(
                    requireNonNull(failure.getMessage())
                            .startsWith("node-1 cannot join cluster chassis-7: "));
        }
    }

    private static int freePort() {
        return LoopbackPorts.free(1).getFirst();
    }

    private List<RecordingListener> connectNodes(final JGroupsConfig config, final int count) {
        final List<RecordingListener> listeners = new ArrayList<>();
        for (int node = 1; node <= count; node++) {
            listeners.add(new RecordingListener());
            connect(config, member(node), listeners.getLast());
        }
        awaitViews(count);
        return listeners;
    }

    private void connect(
            final JGroupsConfig config, final Member member, final ClusterListener listener) {
        final ClusterChannel channel = new JGroupsChannel(config, member);
        channels.add(channel);
        channel.connect(listener);
    }

    private void awaitViews(final int memberCount) {
        await().atMost(PATIENCE)
                .until(() ->
                        channels.stream()
                                .allMatch(
                                        channel -> channel.view().members().size() == memberCount));
    }

    private static Member member(final int node) {
        return new Member(node, "node-" + node, Member.Role.BLADE, 0, DIGEST);
    }

    private static boolean send(final ClusterChannel from, final int to, final String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return from.send(to, bytes, 0, bytes.length);
    }

    private static void broadcast(final ClusterChannel from, final String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        from.broadcast(bytes, 0, bytes.length);
    }
}
