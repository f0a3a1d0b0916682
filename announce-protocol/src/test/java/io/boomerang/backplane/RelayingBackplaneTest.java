package io.boomerang.backplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.Member;
import io.boomerang.cluster.Member.Role;
import io.boomerang.flow.Side;
import io.boomerang.link.LinkState;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Four nodes on one ring of memory, whose links break as a test says.
class RelayingBackplaneTest {
    private static final int NODES = 4;
    private static final long TICK_NS =
            RelayConfig.DEFAULTS.helloIntervalMs() * 1_000_000L / LinkState.TICKS_PER_INTERVAL;
    private static final int DETECTION_TICKS = LinkState.NEWS_TICKS + 6;
    private static final int FRAME_LENGTH = 60;

    private final InMemoryBackplane ring = new InMemoryBackplane(1 << 16);
    private final boolean[][] broken = new boolean[NODES + 1][NODES + 1];
    private final List<String> events = new ArrayList<>();
    private final RelayingBackplane[] nodes = new RelayingBackplane[NODES + 1];
    private final Backplane.Receiver[] inner = new Backplane.Receiver[NODES + 1];
    private final SteeringHeader header = new SteeringHeader();
    private boolean recording = true;
    private long nowNs;

    @BeforeEach
    void connect() {
        for (int node = 1; node <= NODES; node++) {
            nodes[node] = make(node);
        }
        for (int node = 1; node <= NODES; node++) {
            nodes[node].onView(view(1, 2, 3, 4));
        }
    }

    @AfterEach
    void close() {
        ring.close();
    }

    private static ClusterView view(final int... members) {
        return new ClusterView(
                1, Arrays.stream(members).mapToObj(RelayingBackplaneTest::member).toList());
    }

    private static Member member(final int node) {
        return new Member(node, "node-" + node, Role.BLADE, 1, 0);
    }

    private RelayingBackplane make(final int node) {
        return new RelayingBackplane(
                RelayConfig.DEFAULTS,
                member(node),
                (from, datagram, offset, length) -> hear(node, from, datagram, offset, length),
                new Ends(node),
                receiver -> {
                    inner[node] = receiver;
                    return ring.connect(
                            node,
                            (from, datagram, offset, length) -> {
                                if (!broken[from][node]) {
                                    receiver.onDatagram(from, datagram, offset, length);
                                }
                            });
                });
    }

    private void hear(
            final int node,
            final int from,
            final MemorySegment datagram,
            final long offset,
            final int length) {
        if (!recording) {
            return;
        }
        assertTrue(header.decode(datagram, offset, length));
        assertEquals(FRAME_LENGTH, length - header.headerLength());
        for (int i = 0; i < FRAME_LENGTH; i++) {
            assertEquals(
                    (byte) (header.packetNumber() + i),
                    datagram.get(JAVA_BYTE, offset + header.headerLength() + i));
        }
        events.add(node + " has " + header.packetNumber() + " of " + from);
    }

    private final class Ends implements RelayingBackplane.Drops {
        private final int node;

        Ends(final int node) {
            this.node = node;
        }

        @Override
        public void onNoPath(final int destination) {
            events.add("no path from " + node + " to " + destination);
        }

        @Override
        public void onNotRelayed(
                final RelayingBackplane.Reason reason,
                final MemorySegment datagram,
                final long offset,
                final int length) {
            assertTrue(header.decode(datagram, offset, length));
            events.add(node + " drops " + header.packetNumber() + " " + reason);
        }
    }

    private void breakLinks(final String... links) {
        for (final String link : links) {
            broken[link.charAt(0) - '0'][link.charAt(2) - '0'] = true;
        }
        pass(DETECTION_TICKS);
    }

    private void pass(final int ticks) {
        for (int i = 0; i < ticks; i++) {
            nowNs += TICK_NS;
            for (int node = 1; node <= NODES; node++) {
                nodes[node].onTimer(nowNs);
            }
            deliver();
        }
    }

    private void deliver() {
        while (ring.poll(64) > 0) {
            // until nothing is left
        }
    }

    private boolean send(final int from, final int to, final int packet) {
        final boolean taken = write(from, to, packet);
        deliver();
        return taken;
    }

    private boolean write(final int from, final int to, final int packet) {
        header.clear();
        header.setArrival(Side.EGRESS, from);
        header.setPacketNumber(packet);
        final int length = header.encodedLength();
        final long place = nodes[from].claim(to, length + FRAME_LENGTH);
        if (place < 0) {
            return false;
        }
        final MemorySegment buffer = nodes[from].buffer();
        header.encode(buffer, place);
        for (int i = 0; i < FRAME_LENGTH; i++) {
            buffer.set(JAVA_BYTE, place + length + i, (byte) (packet + i));
        }
        nodes[from].commit();
        return true;
    }

    @Test
    void shouldSendDirectlyWhileAllLinksWork() {
        pass(100);

        assertTrue(send(1, 2, 7));

        assertEquals(List.of("2 has 7 of 1"), events);
        assertEquals(new RelayCounters(0, 0, 0, 0, 0, 0, 0, 75, 75), nodes[1].counters());
    }

    @Test
    void shouldGoByWayOfAThirdNodeWhenOneDirectionIsBroken() {
        breakLinks("1>2");

        assertTrue(send(1, 2, 7));
        assertTrue(send(2, 1, 8));

        assertEquals(List.of("2 has 7 of 1", "1 has 8 of 2"), events);
        assertEquals(1, nodes[1].counters().sentByRelay());
        assertEquals(1, nodes[2].counters().cameByRelay());
        assertEquals(0, nodes[2].counters().sentByRelay());
        assertEquals(1, nodes[3].counters().relayed() + nodes[4].counters().relayed());
    }

    @Test
    void shouldGoByWayOfTwoNodesWhenNoneLinksBothEnds() {
        breakLinks("1>2", "1>3", "4>2", "2>1", "3>1", "2>4");

        assertTrue(send(1, 2, 7));
        assertTrue(send(2, 1, 8));

        assertEquals(List.of("2 has 7 of 1", "1 has 8 of 2"), events);
        assertEquals(2, nodes[3].counters().relayed());
        assertEquals(2, nodes[4].counters().relayed());
    }

    @Test
    void shouldSayThatThereIsNoPath() {
        breakLinks("1>2", "1>3", "1>4");

        assertEquals(Backplane.NO_PATH, nodes[1].claim(2, 100));
        assertFalse(send(3, 1, 9));

        assertEquals(List.of("no path from 1 to 2", "no path from 3 to 1"), events);
        assertEquals(1, nodes[1].counters().droppedNoPath());
    }

    @Test
    void shouldGoDirectlyAgainWhenTheLinkIsMended() {
        breakLinks("1>2", "2>1");
        assertTrue(send(1, 2, 7));
        for (final boolean[] row : broken) {
            Arrays.fill(row, false);
        }
        pass(LinkState.TICKS_PER_INTERVAL + 1);

        assertTrue(send(1, 2, 8));

        assertEquals(List.of("2 has 7 of 1", "2 has 8 of 1"), events);
        assertEquals(1, nodes[1].counters().sentByRelay());
    }

    @Test
    void shouldKnowNobodyOutsideTheView() {
        for (int node = 1; node <= 3; node++) {
            nodes[node].onView(view(1, 2, 3));
        }

        assertFalse(send(1, 4, 7));
        breakLinks("1>2", "1>3", "3>2");
        assertFalse(send(1, 2, 8)); // only the stranger could relay

        assertEquals(List.of("no path from 1 to 4", "no path from 1 to 2"), events);
        assertEquals(0, nodes[4].counters().relayed());
        assertTrue(nodes[1].counters().refused() > 0); // the stranger's hellos
    }

    @Test
    void shouldDropWhatHasCrossedTooManyLinks() {
        final MemorySegment datagram = relayed(1, 4, 0);

        inner[3].onDatagram(1, datagram, 0, (int) datagram.byteSize());

        assertEquals(List.of("3 drops 7 TOO_FAR"), events);
        assertEquals(1, nodes[3].counters().droppedTooFar());
    }

    @Test
    void shouldRelayForMembersOnly() {
        for (final MemorySegment datagram : List.of(relayed(9, 4, 5), relayed(3, 4, 5))) {
            inner[3].onDatagram(1, datagram, 0, (int) datagram.byteSize());
        }
        final MemorySegment datagram = relayed(1, 4, 5);
        inner[3].onDatagram(9, datagram, 0, (int) datagram.byteSize());
        deliver();

        assertEquals(
                List.of("3 drops 7 STRANGER", "3 drops 7 STRANGER", "3 drops 7 STRANGER"), events);
        assertEquals(3, nodes[3].counters().refused());
    }

    /// As a relay gets it.
    private MemorySegment relayed(final int origin, final int destination, final int links) {
        header.clear();
        header.setPacketNumber(7);
        final int length = header.encodedLength();
        final MemorySegment datagram =
                Arena.ofAuto().allocate(RelayOption.LENGTH + length + FRAME_LENGTH);
        header.encode(datagram, RelayOption.LENGTH);
        RelayOption.insert(datagram, 0, origin, destination, links);
        return datagram;
    }

    /// Nodes that do not know that anything is broken send a frame on to where it came from.
    @Test
    void shouldEndALoop() {
        final MemorySegment datagram = relayed(1, 2, LinkState.MAX_LINKS - 1);
        breakLinks("3>2", "4>2", "1>2");
        recording = false;

        inner[3].onDatagram(1, datagram, 0, (int) datagram.byteSize());
        deliver();

        assertEquals(
                1,
                IntStream.rangeClosed(1, NODES)
                        .mapToLong(node ->
                                nodes[node].counters().droppedNoPath()
                                        + nodes[node].counters().droppedTooFar())
                        .sum());
    }

    @Test
    void shouldCountAFullBackplane() {
        breakLinks("1>2");
        while (write(1, 3, 1)) {
            // until it is full
        }
        final MemorySegment datagram = relayed(1, 4, 5);

        assertFalse(write(1, 2, 7));
        inner[3].onDatagram(1, datagram, 0, (int) datagram.byteSize());

        assertEquals(List.of("3 drops 7 FULL"), events);
        assertEquals(1, nodes[3].counters().droppedFull());
    }

    @Test
    void shouldRefuseHellosOfOtherChassisAndOtherControlPackets() {
        final MemorySegment hello = Arena.ofAuto().allocate(20);
        HelloDatagram.writeHeader(hello, 0, 1);
        hello.set(JAVA_BYTE, 9, (byte) 2); // node 2

        inner[1].onDatagram(2, hello, 0, 20);
        HelloDatagram.writeHeader(hello, 0, 0);
        hello.set(JAVA_BYTE, 3, (byte) 0);
        inner[1].onDatagram(2, hello, 0, 20);
        inner[1].onDatagram(2, hello, 0, 8);

        assertEquals(3, nodes[1].counters().refused());
        assertEquals(List.of(), events);
    }

    /// A node that stood still does not think that all others did.
    @Test
    void shouldNotCountTimeInWhichItStoodStill() {
        pass(10);
        nowNs += 100 * TICK_NS;

        nodes[1].onTimer(nowNs);

        assertTrue(send(1, 2, 7));
        assertEquals(List.of("2 has 7 of 1"), events);
    }

    @Test
    void shouldFindAWayThroughEverySetOfLinks() {
        for (int set = 0; set < 1 << NODES * (NODES - 1); set++) {
            final int walk = set;
            int bit = 0;
            for (int from = 1; from <= NODES; from++) {
                for (int to = 1; to <= NODES; to++) {
                    if (from != to) {
                        broken[from][to] = (set >>> bit++ & 1) != 0;
                    }
                }
            }
            pass(DETECTION_TICKS + 2 * LinkState.TICKS_PER_INTERVAL);
            for (int from = 1; from <= NODES; from++) {
                for (int to = 1; to <= NODES; to++) {
                    events.clear();
                    final boolean leads = leads(from, to) && leads(to, from);

                    assertEquals(leads, send(from, to, 7));

                    assertEquals(
                            leads
                                    ? List.of(to + " has 7 of " + from)
                                    : List.of("no path from " + from + " to " + to),
                            events,
                            () -> "links broken " + Integer.toBinaryString(walk));
                }
            }
        }
    }

    private boolean leads(final int from, final int to) {
        final boolean[] reached = new boolean[NODES + 1];
        reached[from] = true;
        for (int i = 0; i < NODES; i++) {
            for (int node = 1; node <= NODES; node++) {
                for (int next = 1; next <= NODES; next++) {
                    reached[next] |= reached[node] && !broken[node][next];
                }
            }
        }
        return reached[to];
    }

    @Test
    void shouldSayHelloLessOftenInALargeChassis() {
        assertEquals(100, RelayConfig.DEFAULTS.intervalMs(100));
        assertEquals(1_023, RelayConfig.DEFAULTS.intervalMs(1_023));
    }

    @Test
    void shouldAllocateNothingForFramesAndHellos() {
        final var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        recording = false;
        breakLinks("1>2", "1>3");
        sendMany();

        final long before = threads.getCurrentThreadAllocatedBytes();
        sendMany();

        assertTrue(threads.getCurrentThreadAllocatedBytes() - before < 10_000);
        assertTrue(nodes[4].counters().relayed() > 10_000);
    }

    private void sendMany() {
        for (int i = 0; i < 20_000; i++) {
            send(1, 2, i + 1);
            if (i % 16 == 0) {
                pass(1);
            }
        }
    }
}
