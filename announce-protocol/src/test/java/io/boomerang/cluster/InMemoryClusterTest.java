package io.boomerang.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.Seeds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

class InMemoryClusterTest {
    private static final long DIGEST = ClusterParameters.DEFAULTS.digest();

    private final InMemoryCluster cluster = new InMemoryCluster(1, 10, 20, 0);
    private final RecordingListener heardByOne = new RecordingListener();
    private final RecordingListener heardByTwo = new RecordingListener();
    private final ClusterChannel one = cluster.join(member(1));
    private final ClusterChannel two = cluster.join(member(2));

    @Test
    void shouldShowTheFirstViewAtOnceAndLaterOnesLater() {
        one.connect(heardByOne);
        two.connect(heardByTwo);

        assertEquals(List.of("view [1]"), heardByOne.events());
        assertEquals(List.of("view [1, 2]"), heardByTwo.events());
        assertEquals(0, cluster.deliverDue(9));
        assertEquals(1, cluster.deliverDue(20));
        assertEquals(List.of("view [1]", "view [1, 2]"), heardByOne.events());
        assertEquals(one.view(), two.view());
        assertEquals(Long.MAX_VALUE, cluster.nextDueNs());
    }

    @Test
    void shouldDeliverWithinTheLatencyBounds() {
        connectBoth();

        assertTrue(send(one, 2, "a"));
        final long dueNs = cluster.nextDueNs();

        assertTrue(dueNs >= 1_010 && dueNs <= 1_020, "due " + dueNs);
        cluster.deliverDue(dueNs - 1);
        assertEquals(List.of(), heardByTwo.messages());
        cluster.deliverDue(dueNs);
        assertEquals(List.of("1:a"), heardByTwo.messages());
    }

    @Test
    void shouldNotDeliverAMessageBeforeTheViewThatBringsItsSender() {
        one.connect(heardByOne);
        two.connect(heardByTwo);
        for (int i = 0; i < 20; i++) {
            send(two, 1, "m");
        }

        cluster.deliverDue(40);

        assertEquals("view [1, 2]", heardByOne.events().get(1));
        assertEquals(20, heardByOne.messages().size());
    }

    @Test
    void shouldBroadcastToAllOthers() {
        connectBoth();

        two.broadcast("xhix".getBytes(StandardCharsets.US_ASCII), 1, 2);
        cluster.deliverDue(2_000);

        assertEquals(List.of("2:hi"), heardByOne.messages());
        assertEquals(List.of(), heardByTwo.messages());
    }

    @Test
    void shouldCopyWhatIsSent() {
        connectBoth();
        final byte[] bytes = {'a'};

        one.send(2, bytes, 0, 1);
        bytes[0] = 'b';
        cluster.deliverDue(2_000);

        assertEquals(List.of("1:a"), heardByTwo.messages());
    }

    @Test
    void shouldSayThatANodeIsNotInTheView() {
        connectBoth();

        assertFalse(send(one, 3, "a"));
        two.close();
        assertTrue(send(one, 2, "b"));
        cluster.deliverDue(2_000);
        assertFalse(send(one, 2, "c"));

        assertEquals(1, cluster.messagesLost());
    }

    @Test
    void shouldLeaveWithAViewAndHearNothingMore() {
        connectBoth();

        send(one, 2, "late");
        two.close();
        two.close();
        cluster.deliverDue(2_000);

        assertEquals(List.of("view [1]", "view [1, 2]", "view [1]"), heardByOne.views());
        assertEquals(List.of("view [1, 2]"), heardByTwo.events());
        assertFalse(send(two, 1, "a"));
    }

    @Test
    void shouldRefuseANodeIdThatIsTaken() {
        connectBoth();
        final ClusterChannel other =
                cluster.join(new Member(2, "other", Member.Role.BLADE, 1, DIGEST));

        final var refusal =
                assertThrows(JoinRefusedException.class, () -> other.connect(heardByOne));

        assertEquals("node id 2 of other is already used by node-2", refusal.getMessage());
        assertEquals(Long.MAX_VALUE, cluster.nextDueNs());
    }

    @Test
    void shouldRefuseOtherClusterParameters() {
        connectBoth();
        final ClusterChannel other =
                cluster.join(new Member(3, "node-3", Member.Role.BLADE, 0, 0xABCL));

        final var refusal =
                assertThrows(JoinRefusedException.class, () -> other.connect(heardByOne));

        assertEquals(
                "node-3 runs with cluster parameters 0000000000000abc, but node-1 with %016x"
                        .formatted(DIGEST),
                refusal.getMessage());
    }

    @Test
    void shouldWelcomeALaterIncarnation() {
        connectBoth();
        two.close();

        cluster.join(new Member(2, "node-2", Member.Role.BLADE, 1, DIGEST)).connect(heardByTwo);
        cluster.deliverDue(2_000);

        assertEquals(
                List.of("view [1]", "view [1, 2]", "view [1]", "view [1, 2]"), heardByOne.views());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.boomerang.announce.Seeds#seeds")
    void shouldKeepTheOrderOfEachLinkAndRepeatItselfFromASeed(final long seed) {
        final List<List<String>> heard = run(seed);

        for (final List<String> events : heard) {
            final int[] lastFrom = new int[5];
            for (final String event : events) {
                if (!event.startsWith("view")) {
                    final String[] parts = event.split(":", 2);
                    final int from = Integer.parseInt(parts[0]);
                    final int number = Integer.parseInt(parts[1]);
                    assertTrue(number > lastFrom[from], event + " after " + lastFrom[from]);
                    lastFrom[from] = number;
                }
            }
        }
        assertEquals(heard, run(seed));
    }

    private static List<List<String>> run(final long seed) {
        final RandomGenerator random = Seeds.random(seed);
        final InMemoryCluster cluster = new InMemoryCluster(seed, 0, 1_000, -5_000);
        final List<ClusterChannel> channels = new ArrayList<>();
        final List<RecordingListener> listeners = new ArrayList<>();
        for (int node = 1; node <= 4; node++) {
            channels.add(cluster.join(member(node)));
            listeners.add(new RecordingListener());
            channels.getLast().connect(listeners.getLast());
        }
        long nowNs = -5_000;
        for (int i = 1; i <= 500; i++) {
            final ClusterChannel from = channels.get(random.nextInt(4));
            if (random.nextInt(5) == 0) {
                final byte[] bytes = Integer.toString(i).getBytes(StandardCharsets.US_ASCII);
                from.broadcast(bytes, 0, bytes.length);
            } else {
                send(from, random.nextInt(1, 5), Integer.toString(i));
            }
            if (i == 400) {
                channels.get(random.nextInt(4)).close();
            }
            nowNs += random.nextInt(200);
            cluster.deliverDue(nowNs);
        }
        cluster.deliverDue(nowNs + 1_000_000);
        return listeners.stream().map(RecordingListener::events).toList();
    }

    private void connectBoth() {
        one.connect(heardByOne);
        two.connect(heardByTwo);
        cluster.deliverDue(1_000);
    }

    private static boolean send(final ClusterChannel from, final int to, final String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return from.send(to, bytes, 0, bytes.length);
    }

    private static Member member(final int node) {
        return new Member(node, "node-" + node, Member.Role.BLADE, 0, DIGEST);
    }
}
