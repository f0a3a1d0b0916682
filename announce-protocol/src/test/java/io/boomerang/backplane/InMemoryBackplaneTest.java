package io.boomerang.backplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.boomerang.announce.Seeds;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;

class InMemoryBackplaneTest {
    private static final int CAPACITY = 8_192;

    private final InMemoryBackplane backplane = new InMemoryBackplane(CAPACITY);
    private final List<String> received = new ArrayList<>();
    private int repliesBound = 3;

    @AfterEach
    void close() {
        backplane.close();
    }

    @Test
    void shouldDeliverInTheOrderOfTheCommits() {
        final Backplane one = backplane.connect(1, receiverNamed("one"));
        final Backplane two = backplane.connect(2, receiverNamed("two"));

        assertTrue(send(one, 2, "a"));
        assertTrue(send(two, 1, "b"));
        assertTrue(send(one, 2, "c"));

        assertEquals(2, backplane.poll(2));
        assertEquals(List.of("1 to two: a", "2 to one: b"), received);
        assertEquals(1, backplane.poll(2));
        assertTrue(backplane.isEmpty());
    }

    @Test
    void shouldForgetAClaimThatWasNotCommitted() {
        final Backplane one = backplane.connect(1, receiverNamed("one"));

        assertTrue(one.claim(1, 100) >= 0);
        assertTrue(send(one, 1, "a"));

        assertEquals(1, backplane.poll(9));
        assertEquals(List.of("1 to one: a"), received);
        assertThrows(IllegalStateException.class, one::commit);
    }

    @Test
    void shouldKeepADatagramWholeWhileItsReceiverSends() {
        final Backplane one = backplane.connect(1, receiverNamed("one"));
        final String text = "x".repeat(3_000);
        backplane.connect(
                2,
                (from, memory, offset, length) -> {
                    int sent = 0;
                    while (send(one, 1, "y".repeat(500))) {
                        sent++;
                    }
                    assertTrue(sent > 5, sent + " sent");
                    assertEquals(text, read(memory, offset, length));
                });

        assertTrue(send(one, 2, text));
        assertEquals(1, backplane.poll(1));

        assertEquals(1, backplane.counters().droppedFull());
    }

    @Test
    void shouldCountWhatItCannotCarry() {
        final Backplane one = backplane.connect(1, receiverNamed("one"));
        backplane.connect(2, receiverNamed("two"));

        assertFalse(send(one, 3, "nobody"));
        assertTrue(one.claim(2_000, 1) < 0);
        assertTrue(one.claim(2, CAPACITY) < 0);
        assertTrue(send(one, 2, "late"));
        backplane.disconnect(2);
        assertEquals(1, backplane.poll(9));

        assertEquals(new InMemoryBackplane.Counters(0, 0, 0, 1, 2, 1), backplane.counters());
        assertEquals(List.of(), received);
    }

    @Test
    void shouldCarryFramesOf300KilobytesInARingOfAMegabyte() {
        try (var large = new InMemoryBackplane(1 << 20)) {
            final Backplane one =
                    large.connect(1, (_, _, _, length) -> received.add(Integer.toString(length)));

            for (int i = 0; i < 10; i++) {
                assertTrue(one.claim(1, 300_000) >= 0);
                one.commit();
                assertTrue(one.claim(1, 300_001) >= 0);
                one.commit();
                assertEquals(2, large.poll(9));
            }
        }
        assertEquals(20, received.size());
    }

    @Test
    void shouldShowDeliveriesToTheTap() {
        final Backplane one = backplane.connect(1, receiverNamed("one"));
        backplane.setTap((from, to, memory, offset, length) ->
                received.add(from + ">" + to + " " + read(memory, offset, length)));

        send(one, 1, "a");
        backplane.poll(1);
        backplane.setTap(null);
        send(one, 1, "b");
        backplane.poll(1);

        assertEquals(List.of("1>1 a", "1 to one: a", "1 to one: b"), received);
    }

    @Test
    void shouldRefuseASecondNodeOfTheSameNumber() {
        backplane.connect(1, receiverNamed("one"));

        assertThrows(
                IllegalStateException.class, () -> backplane.connect(1, receiverNamed("other")));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.boomerang.announce.Seeds#seeds")
    void shouldAgreeWithAQueueOfCopies(final long seed) {
        final RandomGenerator random = Seeds.random(seed);
        final Deque<byte[]> model = new ArrayDeque<>();
        final Backplane[] nodes = new Backplane[4];
        for (int node = 1; node < nodes.length; node++) {
            nodes[node] =
                    backplane.connect(
                            node,
                            (from, memory, offset, length) -> {
                                final byte[] expected = model.remove();
                                for (int i = random.nextInt(repliesBound); i > 0; i--) {
                                    sendRandom(nodes, random, model);
                                }
                                assertEquals(expected[0], (byte) from);
                                assertTrue(Arrays.equals(expected, bytes(memory, offset, length)));
                            });
        }

        for (int i = 0; i < 2_000; i++) {
            if (random.nextInt(3) > 0) {
                sendRandom(nodes, random, model);
            } else {
                backplane.poll(random.nextInt(10));
            }
        }
        repliesBound = 1;
        backplane.poll(CAPACITY);

        assertEquals(List.of(), List.copyOf(model));
    }

    /// The model does not know when the ring is full; it believes the ring, within reason.
    private void sendRandom(
            final Backplane[] nodes, final RandomGenerator random, final Deque<byte[]> model) {
        final int from = random.nextInt(1, nodes.length);
        final byte[] datagram = new byte[1 + random.nextInt(random.nextInt(1, 3_000))];
        random.nextBytes(datagram);
        datagram[0] = (byte) from;
        final long offset = nodes[from].claim(random.nextInt(1, nodes.length), datagram.length);
        if (offset < 0) {
            final int waiting = model.stream().mapToInt(bytes -> bytes.length + 24).sum();
            assertTrue(waiting + 2 * 3_048 + 3_048 > CAPACITY, "refused with " + waiting);
            return;
        }
        MemorySegment.copy(datagram, 0, nodes[from].buffer(), JAVA_BYTE, offset, datagram.length);
        if (random.nextInt(10) > 0) {
            nodes[from].commit();
            model.add(datagram);
        }
    }

    private Backplane.Receiver receiverNamed(final String name) {
        return (from, memory, offset, length) ->
                received.add(from + " to " + name + ": " + read(memory, offset, length));
    }

    private static boolean send(final Backplane from, final int to, final String text) {
        final long offset = from.claim(to, text.length());
        if (offset < 0) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            from.buffer().set(JAVA_BYTE, offset + i, (byte) text.charAt(i));
        }
        from.commit();
        return true;
    }

    private static String read(final MemorySegment memory, final long offset, final int length) {
        return new String(bytes(memory, offset, length), StandardCharsets.US_ASCII);
    }

    private static byte[] bytes(final MemorySegment memory, final long offset, final int length) {
        final byte[] bytes = new byte[length];
        MemorySegment.copy(memory, JAVA_BYTE, offset, bytes, 0, length);
        return bytes;
    }
}
