package io.boomerang.handoff.endpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.boomerang.handoff.Seeds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.random.RandomGenerator;

class ReceiveQueueTest {
    private static final int CAPACITY = 64;
    private static final int STREAM = 4_000;

    /// Compared with a set of the bytes that have come, around the point where numbers wrap.
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.boomerang.handoff.Seeds#seeds")
    void shouldPutSegmentsInOrder(final long seed) {
        final RandomGenerator random = Seeds.random(seed);
        final int first = -random.nextInt(STREAM);
        final MemorySegment stream = MemorySegment.ofArray(new byte[STREAM]);
        for (int i = 0; i < STREAM; i++) {
            stream.asByteBuffer().put(i, (byte) (i * 31));
        }
        final ReceiveQueue queue = new ReceiveQueue(CAPACITY, first);
        final BitSet model = new BitSet();
        int read = 0;
        while (read < STREAM) {
            final int start = Math.max(read + random.nextInt(-10, CAPACITY + 10), 0);
            final int length = Math.min(random.nextInt(20), STREAM - start);
            if (length > 0) {
                queue.accept(first + start, stream, start, length);
                model.set(start, Math.max(start, Math.min(start + length, read + CAPACITY)));
                model.set(0, read);
            }
            assertEquals(model.nextClearBit(0), queue.next() - first);
            assertEquals(islands(model), islands(queue, first));
            if (random.nextInt(3) == 0) {
                final byte[] bytes = new byte[20];
                final int count =
                        queue.read(MemorySegment.ofArray(bytes), 0, random.nextInt(bytes.length));
                for (int i = 0; i < count; i++) {
                    assertEquals((byte) ((read + i) * 31), bytes[i]);
                }
                read += count;
            }
        }
    }

    private static List<Integer> islands(final BitSet model) {
        final List<Integer> bounds = new ArrayList<>();
        int start = model.nextSetBit(model.nextClearBit(0));
        while (start >= 0) {
            bounds.add(start);
            bounds.add(model.nextClearBit(start));
            start = model.nextSetBit(model.nextClearBit(start));
        }
        return bounds;
    }

    private static List<Integer> islands(final ReceiveQueue queue, final int first) {
        final List<Integer> bounds = new ArrayList<>();
        for (int i = 0; i < queue.islandCount(); i++) {
            bounds.add(queue.islandStart(i) - first);
            bounds.add(queue.islandEnd(i) - first);
        }
        return bounds;
    }

    @Test
    void shouldForgetIslandsBeyondTheLimit() {
        final ReceiveQueue queue = new ReceiveQueue(1_024, 0);
        final MemorySegment bytes = MemorySegment.ofArray(new byte[1]);

        for (int i = 0; i <= ReceiveQueue.MAX_ISLANDS; i++) {
            queue.accept(2 + 2 * i, bytes, 0, 1);
        }

        assertEquals(ReceiveQueue.MAX_ISLANDS, queue.islandCount());
        assertEquals(
                2 + 2 * (ReceiveQueue.MAX_ISLANDS - 1),
                queue.islandStart(ReceiveQueue.MAX_ISLANDS - 1));
    }
}
