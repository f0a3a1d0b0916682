package io.boomerang.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.Acknowledgement;
import io.boomerang.announce.Acknowledgement.Outcome;
import io.boomerang.announce.BucketTableUpdate;
import io.boomerang.announce.ControlMessage;
import io.boomerang.announce.DecodeResult;
import io.boomerang.announce.DesiredWeight;
import io.boomerang.announce.DigestDifference;
import io.boomerang.announce.EpochInstalled;
import io.boomerang.announce.FormatRange;
import io.boomerang.announce.MessageCodec;
import io.boomerang.announce.RandomMessages;
import io.boomerang.announce.Seeds;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.announce.TcpPhase;
import io.boomerang.flow.FlowKey;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;

class BatchingSenderTest {
    private static final int NODES = 3;
    private static final int QUEUE = 100;

    private final InMemoryCluster cluster = new InMemoryCluster(1, 1, 1, 0);
    private final List<List<ControlMessage>> heard = new ArrayList<>();
    private final List<Integer> batchLengths = new ArrayList<>();
    private final ClusterChannel channel = connectNodes();
    private final BatchingSender sender = new BatchingSender(channel, 1_024, QUEUE);

    private ClusterChannel connectNodes() {
        final List<ClusterChannel> channels = new ArrayList<>();
        for (int node = 1; node <= NODES; node++) {
            final List<ControlMessage> messages = new ArrayList<>();
            heard.add(messages);
            channels.add(cluster.join(new Member(node, "node-" + node, Member.Role.BLADE, 0, 0)));
            channels.getLast().connect(listenerInto(messages));
        }
        cluster.deliverDue(100);
        return channels.getFirst();
    }

    private ClusterListener listenerInto(final List<ControlMessage> messages) {
        return new ClusterListener() {
            @Override
            public void onMessage(
                    final int fromNode, final byte[] buffer, final int offset, final int length) {
                batchLengths.add(length);
                if (MessageCodec.decode(buffer, offset, length, FormatRange.CURRENT)
                        instanceof DecodeResult.Decoded(var decoded)) {
                    messages.addAll(decoded);
                }
            }

            @Override
            public void onView(final ClusterView view) {}
        };
    }

    @Test
    void shouldWaitForTheFlush() {
        sender.send(2, new EpochInstalled(1));
        sender.send(2, new EpochInstalled(2));
        cluster.deliverDue(200);
        assertEquals(List.of(), heard.get(1));

        sender.flush();
        sender.flush();
        cluster.deliverDue(300);

        assertEquals(List.of(new EpochInstalled(1), new EpochInstalled(2)), heard.get(1));
        assertEquals(
                new BatchingSender.Counters(
                        2, 0, 2, 0, 0, 0, 1, MessageCodec.HEADER_LENGTH + 18, 0, 0),
                sender.counters());
    }

    @Test
    void shouldKeepTheOrderOfBroadcastsAmongTheRest() {
        sender.send(2, new EpochInstalled(1));
        sender.broadcast(new EpochInstalled(2));
        sender.send(2, new EpochInstalled(3));
        sender.flush();
        cluster.deliverDue(200);

        assertEquals(List.of(), heard.get(0));
        assertEquals(
                List.of(new EpochInstalled(1), new EpochInstalled(2), new EpochInstalled(3)),
                heard.get(1));
        assertEquals(List.of(new EpochInstalled(2)), heard.get(2));
    }

    @Test
    void shouldSendAMessageThatIsGreaterThanABatch() {
        final ControlMessage table =
                new BucketTableUpdate(
                        1, new RandomMessages(Seeds.random(1)).blades(65_536), new TreeMap<>());
        sender.send(2, new EpochInstalled(1));
        sender.send(2, table);
        sender.send(2, new EpochInstalled(2));
        sender.flush();
        cluster.deliverDue(200);

        assertEquals(List.of(new EpochInstalled(1), table, new EpochInstalled(2)), heard.get(1));
    }

    @Test
    void shouldWriteTheNewestFormatThatEveryMemberReads() {
        final ControlMessage stale = new Acknowledgement(7, 1, 0, Outcome.STALE, 9);
        final ControlMessage nameless = new Acknowledgement(7, 1, 0, Outcome.STALE);
        sender.send(2, stale);
        sender.flush();
        final ClusterChannel old =
                cluster.join(
                        new Member(
                                NODES + 1,
                                "old",
                                Member.Role.BLADE,
                                0,
                                0,
                                FormatRange.FIRST_RELEASE));
        old.connect(listenerInto(new ArrayList<>()));
        cluster.deliverDue(200);
        sender.send(2, stale);
        sender.flush();
        old.close();
        cluster.deliverDue(300);
        sender.send(2, stale);
        sender.flush();
        cluster.deliverDue(400);

        assertEquals(List.of(stale, nameless, stale), heard.get(1));
    }

    @Test
    void shouldWithholdWhatAMemberCannotRead() {
        final ClusterChannel old =
                cluster.join(
                        new Member(
                                NODES + 1,
                                "old",
                                Member.Role.BLADE,
                                0,
                                0,
                                FormatRange.FIRST_RELEASE));
        old.connect(listenerInto(new ArrayList<>()));
        cluster.deliverDue(200);
        sender.send(2, new DesiredWeight(1));
        sender.send(2, new EpochInstalled(1));
        sender.send(2, new DigestDifference(1, 1));
        old.close();
        cluster.deliverDue(300);
        sender.send(2, new DesiredWeight(2));
        sender.flush();
        cluster.deliverDue(400);

        assertEquals(
                List.of(new EpochInstalled(1), new DesiredWeight(2), new DigestDifference(1, 1)),
                heard.get(1));
        assertEquals(1, sender.counters().withheld());
    }

    @Test
    void shouldCountWhatNobodyIsThereFor() {
        sender.send(9, new EpochInstalled(1));
        sender.flush();
        sender.send(2, new EpochInstalled(1));
        sender.flush();

        assertEquals(1, sender.counters().undeliverable());
        assertEquals(1, sender.counters().messages());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.boomerang.announce.Seeds#seeds")
    void shouldDeliverEachLaneInOrderInBatchesWithinTheLimit(final long seed) {
        final BatchingSender sender = new BatchingSender(channel, 1_024, 1_000);
        final RandomGenerator random = Seeds.random(seed);
        final RandomMessages messages = new RandomMessages(random);
        final List<List<ControlMessage>> sent =
                List.of(List.of(), new ArrayList<>(), new ArrayList<>());
        int announcements = 0;
        for (int i = 0; i < 1_000; i++) {
            final ControlMessage message = messages.message();
            final int node = random.nextInt(2, NODES + 1);
            sender.send(node, message);
            sent.get(node - 1).add(message);
            announcements += message instanceof SessionAnnouncement ? 1 : 0;
            if (random.nextInt(50) == 0) {
                sender.flush();
            }
        }
        while (sender.counters().messages() < 1_000) {
            sender.flush();
        }
        cluster.deliverDue(200);

        for (final Lane lane : Lane.values()) {
            assertEquals(only(lane, sent), only(lane, heard));
        }
        assertEquals(announcements, sender.counters().announcements());
        assertEquals(1_000, sender.counters().urgent() + sender.counters().deferrable());
        assertEquals(
                batchLengths.stream().mapToLong(Integer::longValue).sum(),
                sender.counters().bytes());
        assertTrue(batchLengths.stream().allMatch(length -> length <= 1_024));
    }

    private static List<List<ControlMessage>> only(
            final Lane lane, final List<List<ControlMessage>> messages) {
        return messages.stream()
                .map(list -> list.stream().filter(message -> Lane.of(message) == lane).toList())
                .toList();
    }

    @Test
    void shouldLetTheCloseOfAnEstablishedFlowPassTheOpensBeforeIt() {
        for (int flow = 0; flow < 50; flow++) {
            sender.send(2, announcement(Kind.OPEN, flow, TcpPhase.EMBRYONIC));
        }
        final ControlMessage close = announcement(Kind.CLOSE, 7, TcpPhase.CLOSED);
        sender.send(2, close);
        sender.flush();
        cluster.deliverDue(200);

        assertEquals(close, heard.get(1).getFirst());
        assertTrue(heard.get(1).size() > 1, "opens have a share of the same flush");
        assertEquals(51 - heard.get(1).size(), sender.counters().deferredNow());
    }

    @Test
    void shouldSendOneBatchOfOpensAFlushAndAllUrgentMessages() {
        for (int flow = 0; flow < 80; flow++) {
            sender.send(2, announcement(Kind.OPEN, flow, TcpPhase.EMBRYONIC));
            sender.send(2, announcement(Kind.REFRESH, flow, TcpPhase.ESTABLISHED));
        }
        sender.flush();
        cluster.deliverDue(200);

        assertEquals(80, only(Lane.URGENT, heard).get(1).size());
        final int share = only(Lane.DEFERRABLE, heard).get(1).size();
        assertTrue(share > 0 && share < 40, share + " opens in 1,024 bytes");

        sender.flush();
        cluster.deliverDue(300);

        assertEquals(2 * share, only(Lane.DEFERRABLE, heard).get(1).size());
    }

    @Test
    void shouldDropAndCountOpensThatFindTheQueueFullAndNothingElse() {
        for (int flow = 0; flow < QUEUE + 5; flow++) {
            sender.send(2, announcement(Kind.OPEN, flow, TcpPhase.EMBRYONIC));
        }
        sender.send(2, announcement(Kind.MOVE, 1, TcpPhase.ESTABLISHED));
        sender.send(3, announcement(Kind.OPEN, 1, TcpPhase.EMBRYONIC));
        sender.flush();
        while (sender.counters().deferredNow() > 0) {
            sender.flush();
        }
        cluster.deliverDue(200);

        assertEquals(5, sender.counters().deferredDropped());
        assertEquals(QUEUE + 1, heard.get(1).size());
        assertEquals(1, heard.get(2).size());
        final List<Long> flows =
                only(Lane.DEFERRABLE, heard).get(1).stream()
                        .map(message -> ((SessionAnnouncement) message).flowId())
                        .toList();
        assertEquals(LongStream.range(0, QUEUE).boxed().toList(), flows);
    }

    private static SessionAnnouncement announcement(
            final Kind kind, final long flowId, final TcpPhase phase) {
        final FlowKey key = new RandomMessages(Seeds.random(1)).key();
        return new SessionAnnouncement(kind, key, key, flowId, 9, 1, 0, 1_000, phase);
    }
}
