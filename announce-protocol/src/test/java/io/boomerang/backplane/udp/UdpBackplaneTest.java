package io.boomerang.backplane.udp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.boomerang.announce.Seeds;
import io.boomerang.backplane.ChassisKeys;
import io.boomerang.backplane.SteeringHeader;
import io.boomerang.cluster.Member;
import io.boomerang.cluster.Member.Role;
import io.netty.channel.epoll.Epoll;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

class UdpBackplaneTest {
    private static final ChassisKeys KEYS =
            new ChassisKeys(List.of(new ChassisKeys.Key(1, 0x123, 0x456)));
    private static final ChassisKeys OTHER_KEYS =
            new ChassisKeys(List.of(new ChassisKeys.Key(1, 0x123, 0x457)));

    private final Map<Integer, InetSocketAddress> addresses = new HashMap<>();
    private final List<Node> nodes = new ArrayList<>();

    /// A backplane and what it has received.
    private static final class Node {
        final List<Integer> senders = new ArrayList<>();
        final List<byte[]> datagrams = new ArrayList<>();
        final UdpBackplane backplane;

        Node(final UdpConfig config, final int id, final Transport transport) throws IOException {
            backplane =
                    new UdpBackplane(
                            config,
                            new Member(id, "node-" + id, Role.BLADE, 1, 0),
                            (from, datagram, offset, length) -> {
                                senders.add(from);
                                datagrams.add(bytes(datagram, offset, length));
                            },
                            transport);
        }

        private static byte[] bytes(
                final MemorySegment datagram, final long offset, final int length) {
            return datagram.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
        }

        boolean send(final int to, final byte[] datagram) {
            final long at = backplane.claim(to, datagram.length);
            if (at < 0) {
                return false;
            }
            MemorySegment.copy(
                    MemorySegment.ofArray(datagram), 0, backplane.buffer(), at, datagram.length);
            backplane.commit();
            return true;
        }
    }

    @AfterEach
    void close() {
        nodes.forEach(node -> node.backplane.close());
    }

    private void plan(final int count, final InetAddress host) throws IOException {
        for (int node = 1; node <= count; node++) {
            try (DatagramSocket free = new DatagramSocket(0, host)) {
                addresses.put(node, new InetSocketAddress(host, free.getLocalPort()));
            }
        }
    }

    private InetSocketAddress address(final int node) {
        return Objects.requireNonNull(addresses.get(node));
    }

    private Node start(final int id, final ChassisKeys keys, final Transport transport)
            throws IOException {
        final Map<Integer, InetSocketAddress> peers = new HashMap<>(addresses);
        final InetSocketAddress local = address(id);
        peers.remove(id);
        final Node node =
                new Node(new UdpConfig(local, peers, keys, 64, 1_500, 1 << 20), id, transport);
        nodes.add(node);
        return node;
    }

    private static byte[] datagram(final int frameBytes, final int content) {
        final SteeringHeader header = new SteeringHeader();
        header.setFlowId(content);
        final byte[] bytes = new byte[header.encodedLength() + frameBytes];
        Arrays.fill(bytes, (byte) content);
        header.encode(MemorySegment.ofArray(bytes), 0);
        return bytes;
    }

    private static void awaitCount(final Node node, final int count) {
        Awaitility.await()
                .pollInSameThread()
                .pollDelay(0, TimeUnit.MILLISECONDS)
                .pollInterval(1, TimeUnit.MILLISECONDS)
                .until(() -> {
                    node.backplane.poll(0);
                    return node.datagrams.size() >= count;
                });
    }

    @ParameterizedTest
    @CsvSource({"EPOLL, 127.0.0.1", "EPOLL, ::1", "NIO, 127.0.0.1", "NIO, ::1"})
    void shouldCarryDatagramsOfAnyLengthInOrder(final Transport transport, final String host)
            throws IOException {
        assumeTrue(transport == Transport.NIO || Epoll.isAvailable(), "no epoll on this system");
        final RandomGenerator random = Seeds.random(1);
        plan(2, InetAddress.getByName(host));
        final Node one = start(1, KEYS, transport);
        final Node two = start(2, KEYS, transport);
        final List<byte[]> sent = new ArrayList<>();
        int length = 64;
        for (int i = 0; i < 2_000; i++) {
            length = random.nextInt(4) == 0 ? random.nextInt(1_500) : length;
            sent.add(datagram(length, i));
            assertTrue(one.send(2, sent.getLast()));
            if (i % 50 == 49) {
                one.backplane.flush();
                awaitCount(two, i + 1);
            }
        }

        assertEquals(2_000, two.datagrams.size());
        for (int i = 0; i < sent.size(); i++) {
            assertArrayEquals(sent.get(i), two.datagrams.get(i), "datagram " + i);
        }
        assertEquals(List.of(1), two.senders.stream().distinct().toList());
        final UdpCounters counters = one.backplane.counters();
        assertEquals(2_000, counters.sent());
        assertEquals(0, counters.sendsRefused());
        assertTrue(counters.sends() <= (transport == Transport.EPOLL ? 1_500 : 2_000));
    }

    @Test
    void shouldLetTheOwnerHaveItsThreadBetweenManyJoinedDatagrams() throws IOException {
        assumeTrue(Epoll.isAvailable(), "no epoll on this system");
        plan(2, InetAddress.getLoopbackAddress());
        final Node one = start(1, KEYS, Transport.EPOLL);
        final Node two = start(2, KEYS, Transport.EPOLL);
        for (int i = 0; i < 1_000; i++) {
            assertTrue(one.send(2, datagram(64, i)));
        }
        one.backplane.flush();
        awaitCount(two, 1);

        final int mostAtOnce = Transport.EPOLL.mostDatagrams() + Lane.MAX_SEGMENTS - 1;
        assertTrue(two.datagrams.size() <= mostAtOnce, two.datagrams.size() + " at once");
        awaitCount(two, 1_000);
    }

    @ParameterizedTest
    @EnumSource
    void shouldCarryTheLongestDatagramAndRefuseALongerOne(final Transport transport)
            throws IOException {
        assumeTrue(transport == Transport.NIO || Epoll.isAvailable(), "no epoll on this system");
        plan(2, InetAddress.getLoopbackAddress());
        final Node one = start(1, KEYS, transport);
        final Node two = start(2, KEYS, transport);
        final byte[] longest = datagram(65_507 - 24 - 24, 5);

        assertTrue(one.send(2, longest));
        one.backplane.flush();
        awaitCount(two, 1);

        assertArrayEquals(longest, two.datagrams.getFirst());
        assertEquals(-1, one.backplane.claim(2, longest.length + 1));
        assertEquals(1, one.backplane.counters().droppedTooLong());
    }

    @Test
    void shouldKeepDestinationsApartWhileTheyAreSentTogether() throws IOException {
        plan(3, InetAddress.getLoopbackAddress());
        final Node one = start(1, KEYS, Transport.best());
        final Node two = start(2, KEYS, Transport.best());
        final Node three = start(3, KEYS, Transport.best());
        for (int i = 0; i < 30; i++) {
            assertTrue(one.send(2 + i % 2, datagram(200, i)));
        }
        one.backplane.flush();
        awaitCount(two, 15);
        awaitCount(three, 15);

        for (int i = 0; i < 30; i++) {
            final Node receiver = i % 2 == 0 ? two : three;
            assertArrayEquals(datagram(200, i), receiver.datagrams.get(i / 2));
        }
        assertEquals(30, one.backplane.counters().sent());
    }

    @Test
    void shouldSendWhatIsCommittedBeforeItRunsOutOfRoom() throws IOException {
        plan(2, InetAddress.getLoopbackAddress());
        final Node one = start(1, KEYS, Transport.best());
        start(2, KEYS, Transport.best());
        int refused = 0;
        for (int i = 0; i < 5_000; i++) {
            refused += one.send(2, datagram(1_400, i)) ? 0 : 1;
        }
        one.backplane.flush();

        final UdpCounters counters = one.backplane.counters();
        assertEquals(5_000, counters.sent() + refused);
        assertEquals(refused, counters.droppedFull());
        assertTrue(counters.sent() > Lane.BYTES / 1_400);
    }

    @Test
    void shouldRefuseStrangersAndCountThem() throws IOException {
        plan(3, InetAddress.getLoopbackAddress());
        final Node one = start(1, KEYS, Transport.best());
        final Node two = start(2, KEYS, Transport.best());
        final Node stranger = start(3, OTHER_KEYS, Transport.best());
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            for (final byte[] noise : List.of(new byte[3], datagram(60, 1), new byte[0])) {
                socket.send(new DatagramPacket(noise, noise.length, address(2)));
            }
        }
        assertTrue(stranger.send(2, datagram(60, 2)));
        stranger.backplane.flush();
        assertTrue(one.send(2, datagram(60, 3)));
        one.backplane.flush();

        awaitCount(two, 1);
        Awaitility.await()
                .pollInSameThread()
                .until(() -> {
                    two.backplane.poll(0);
                    return two.backplane.counters().refusedWrongTag() == 1;
                });

        assertEquals(List.of(1), two.senders);
        assertEquals(1, two.backplane.counters().refusedUntagged());
        assertEquals(2, two.backplane.counters().refusedMalformed());
    }

    @Test
    void shouldRefuseADatagramThatIsSentAgain() throws IOException {
        plan(3, InetAddress.getLoopbackAddress());
        final Node two = start(2, KEYS, Transport.best());
        try (DatagramSocket tap = new DatagramSocket(address(3))) {
            final InetSocketAddress real = address(2);
            addresses.put(2, address(3));
            final Node one = start(1, KEYS, Transport.best());
            assertTrue(one.send(2, datagram(60, 3)));
            one.backplane.flush();
            final DatagramPacket record = new DatagramPacket(new byte[1_500], 1_500);
            tap.receive(record);
            record.setSocketAddress(real);

            tap.send(record);
            tap.send(record);
        }
        Awaitility.await()
                .pollInSameThread()
                .until(() -> {
                    two.backplane.poll(0);
                    return two.backplane.counters().refusedReplayed() == 1;
                });

        assertEquals(List.of(1), two.senders);
    }

    @Test
    void shouldCountWhatIsForNobody() throws IOException {
        plan(1, InetAddress.getLoopbackAddress());
        final Node one = start(1, KEYS, Transport.best());

        assertEquals(-1, one.backplane.claim(1, 60));
        assertEquals(-1, one.backplane.claim(9, 60));
        assertEquals(-1, one.backplane.claim(-1, 60));
        assertEquals(3, one.backplane.counters().droppedUnknownNode());
    }

    @Test
    void shouldLetAReceiverAnswerWhileItReads() throws IOException {
        plan(2, InetAddress.getLoopbackAddress());
        final Node one = start(1, KEYS, Transport.best());
        final UdpBackplane[] echo = new UdpBackplane[1];
        echo[0] =
                new UdpBackplane(
                        new UdpConfig(address(2), Map.of(1, address(1)), KEYS, 64, 1_500, 1 << 20),
                        new Member(2, "echo", Role.BLADE, 1, 0),
                        (from, datagram, offset, length) -> {
                            final long at = echo[0].claim(from, length);
                            MemorySegment.copy(datagram, offset, echo[0].buffer(), at, length);
                            echo[0].commit();
                        });
        try (UdpBackplane two = echo[0]) {
            for (int i = 0; i < 100; i++) {
                assertTrue(one.send(2, datagram(300, i)));
            }
            one.backplane.flush();
            Awaitility.await()
                    .pollInSameThread()
                    .until(() -> {
                        two.poll(0);
                        two.flush();
                        one.backplane.poll(0);
                        return one.datagrams.size() == 100;
                    });
        }

        for (int i = 0; i < 100; i++) {
            assertArrayEquals(datagram(300, i), one.datagrams.get(i));
        }
    }

    @Test
    void shouldHandTheReceiversFailureToWhoeverPolls() throws IOException {
        plan(2, InetAddress.getLoopbackAddress());
        final Node one = start(1, KEYS, Transport.best());
        try (UdpBackplane two =
                new UdpBackplane(
                        new UdpConfig(address(2), Map.of(), KEYS, 64, 1_500, 1 << 20),
                        new Member(2, "failing", Role.BLADE, 1, 0),
                        (_, _, _, _) -> {
                            throw new IllegalStateException("on purpose");
                        })) {
            assertTrue(one.send(2, datagram(60, 1)));
            one.backplane.flush();

            assertThrows(
                    IllegalStateException.class,
                    () -> {
                        while (two.counters().received() < 2) {
                            two.poll(TimeUnit.SECONDS.toNanos(10));
                        }
                    });
        }
    }

    @Test
    void shouldSayWhichAddressCannotBeUsed() throws IOException {
        plan(1, InetAddress.getLoopbackAddress());
        start(1, KEYS, Transport.best());

        final BindException refusal =
                assertThrows(BindException.class, () -> start(1, KEYS, Transport.best()));

        assertTrue(refusal.toString().contains(address(1).toString()));
    }
}
