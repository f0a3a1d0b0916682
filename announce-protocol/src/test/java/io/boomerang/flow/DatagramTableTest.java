package io.boomerang.flow;

import static io.boomerang.flow.Frames.ethernet;
import static io.boomerang.flow.Frames.icmpError;
import static io.boomerang.flow.Frames.ipv4;
import static io.boomerang.flow.Frames.ipv4Fragment;
import static io.boomerang.flow.Frames.ipv6;
import static io.boomerang.flow.Frames.udp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;

class DatagramTableTest {
    private static final String A = "10.0.0.1";
    private static final String B = "10.0.0.2";
    private static final long SECOND = 1_000_000_000L;
    private static final long START = Long.MAX_VALUE - 5 * SECOND;

    private final DatagramTable table = new DatagramTable(8);

    static LongStream seeds() {
        final Long replay = Long.getLong("seed");
        return replay != null ? LongStream.of(replay) : LongStream.range(0, 20);
    }

    @Test
    void shouldGiveALaterFragmentTheFlowOfTheFirst() {
        final ParsedPacket later = later(A, B, 7);
        table.learn(first(A, B, 7, 1), START);

        assertTrue(table.resolve(later, START));

        assertEquals(flow(A, B, 1).key(), later.key());
        assertEquals(flow(A, B, 1).sourceIsB(), later.sourceIsB());
        assertTrue(later.hasKey());
    }

    @Test
    void shouldKeepTheDirectionsApart() {
        table.learn(first(A, B, 7, 1), START);
        table.learn(first(B, A, 7, 2), START);
        final ParsedPacket there = later(A, B, 7);
        final ParsedPacket back = later(B, A, 7);

        assertTrue(table.resolve(there, START));
        assertTrue(table.resolve(back, START));

        assertEquals(flow(A, B, 1).key(), there.key());
        assertFalse(there.sourceIsB());
        assertEquals(flow(B, A, 2).key(), back.key());
        assertTrue(back.sourceIsB());
    }

    @Test
    void shouldGiveAnErrorAboutAFragmentTheOppositeDirection() {
        table.learn(first(A, B, 7, 1), START);
        final ParsedPacket error =
                Frames.parse(
                        ethernet(
                                ipv4(
                                        B,
                                        A,
                                        icmpError(11, ipv4Fragment(A, B, 7, 8, true, udp(1, 2))))));
        assertEquals(PacketClass.QUOTED_FRAGMENT, error.packetClass());

        assertTrue(table.resolve(error, START));

        assertEquals(flow(A, B, 1).key(), error.key());
        assertTrue(error.sourceIsB());
    }

    @Test
    void shouldResolveFragmentsOfIpv6() {
        final ParsedPacket later = fragment6(9, 16, false);
        table.learn(fragment6(9, 0, true), START);

        assertTrue(table.resolve(later, START));
        assertFalse(table.resolve(fragment6(10, 16, false), START));

        assertEquals("udp [2001:db8:0:0:0:0:0:1]:1 <-> [2001:db8:0:0:0:0:0:2]:2", later.key() + "");
    }

    @Test
    void shouldNotKnowOtherDatagrams() {
        table.learn(first(A, B, 7, 1), START);

        assertFalse(table.resolve(later(A, B, 8), START));
        assertFalse(table.resolve(later(B, A, 7), START));
        assertFalse(table.resolve(later(A, "10.0.0.3", 7), START));
        assertFalse(
                table.resolve(
                        Frames.parse(ethernet(ipv4Fragment(A, B, 7, 8, false, Frames.tcp(1, 2)))),
                        START));
    }

    @Test
    void shouldForgetAfterSixtySecondsEvenWhenTimeGoesBack() {
        table.learn(first(A, B, 7, 1), START);

        assertTrue(table.resolve(later(A, B, 7), at(60)));
        assertFalse(table.resolve(later(A, B, 7), at(60) + 1));
        assertTrue(table.resolve(later(A, B, 7), START - 60 * SECOND));
        assertFalse(table.resolve(later(A, B, 7), START - 60 * SECOND - 1));
    }

    @Test
    void shouldPreferTheNewestFirstFragment() {
        table.learn(first(A, B, 7, 1), START);
        table.learn(first(A, B, 7, 2), at(61));
        final ParsedPacket later = later(A, B, 7);

        assertTrue(table.resolve(later, at(62)));

        assertEquals(flow(A, B, 2).key(), later.key());
        assertEquals(1, table.size());
    }

    @Test
    void shouldForgetTheOldestWhenFull() {
        for (int id = 0; id < 9; id++) {
            table.learn(first(A, B, id, 1), START);
        }

        assertEquals(8, table.size());
        assertFalse(table.resolve(later(A, B, 0), START));
        for (int id = 1; id < 9; id++) {
            assertTrue(table.resolve(later(A, B, id), START));
        }
    }

    @Test
    void shouldLearnFromFirstFragmentsOnly() {
        table.learn(flow(A, B, 1), START);
        table.learn(later(A, B, 7), START);

        assertEquals(0, table.size());
        assertFalse(table.resolve(later(A, B, 7), START));
    }

    @Test
    void shouldRefuseImpossibleCapacities() {
        assertThrows(IllegalArgumentException.class, () -> new DatagramTable(0));
        assertThrows(IllegalArgumentException.class, () -> new DatagramTable(Integer.MAX_VALUE));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldAgreeWithTheModelAfterAnyOperations(final long seed) {
        final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        final int capacity = random.nextInt(1, 20);
        final DatagramTable tested = new DatagramTable(capacity);
        final Map<Integer, long[]> model = new LinkedHashMap<>();
        long nowNs = random.nextLong();

        for (int operation = 0; operation < 1_000; operation++) {
            nowNs += random.nextLong(-SECOND, 5 * SECOND);
            final int id = random.nextInt(30);
            if (random.nextBoolean()) {
                final int port = random.nextInt(1, 100);
                tested.learn(first(A, B, id, port), nowNs);
                if (!model.containsKey(id) && model.size() == capacity) {
                    model.remove(model.keySet().iterator().next());
                }
                model.put(id, new long[] {port, nowNs});
            } else {
                final ParsedPacket later = later(A, B, id);
                final long[] expected = model.get(id);
                final boolean known =
                        expected != null && Math.abs(nowNs - expected[1]) <= 60 * SECOND;

                assertEquals(known, tested.resolve(later, nowNs));
                if (expected != null && known) {
                    assertEquals(flow(A, B, (int) expected[0]).key(), later.key());
                }
            }
            assertEquals(model.size(), tested.size());
        }
    }

    private static ParsedPacket first(
            final String source, final String destination, final int id, final int port) {
        return Frames.parse(
                ethernet(ipv4Fragment(source, destination, id, 0, true, udp(port, 53))));
    }

    private static ParsedPacket later(final String source, final String destination, final int id) {
        return Frames.parse(ethernet(ipv4Fragment(source, destination, id, 64, false, udp(1, 2))));
    }

    private static ParsedPacket flow(
            final String source, final String destination, final int port) {
        return Frames.parse(ethernet(ipv4(source, destination, udp(port, 53))));
    }

    private static ParsedPacket fragment6(final int id, final int offset, final boolean more) {
        return Frames.parse(
                ethernet(
                        ipv6(
                                "2001:db8::1",
                                "2001:db8::2",
                                Frames.fragment(id, offset, more, udp(1, 2)))));
    }

    /// Time wraps around during these tests.
    private static long at(final long seconds) {
        return START + seconds * SECOND;
    }
}
