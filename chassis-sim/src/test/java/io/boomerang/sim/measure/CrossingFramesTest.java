package io.boomerang.sim.measure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;

class CrossingFramesTest {
    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void close() {
        arena.close();
    }

    private byte[] frame(final int length, final long number) {
        return new CrossingFrames(arena, length).next(number, 77).toArray(JAVA_BYTE);
    }

    @Test
    void shouldBeADatagramWithAValidHeader() {
        final ByteBuffer frame = ByteBuffer.wrap(frame(CrossingFrames.LEAST_BYTES, 3));

        assertEquals(0x0800, frame.getShort(12));
        assertEquals(46, frame.getShort(16));
        assertEquals(26, frame.getShort(38));
        int sum = 0;
        for (int at = 14; at < 34; at += 2) {
            sum += Short.toUnsignedInt(frame.getShort(at));
        }
        assertEquals(0xFFFF, (sum & 0xFFFF) + (sum >>> 16));
    }

    @Test
    void shouldTellItsNumberAndTimeAlsoWhenItComesBack() {
        final byte[] there = frame(CrossingFrames.MOST_BYTES, 1L << 40);
        final MemorySegment back = MemorySegment.ofArray(there.clone());

        CrossingFrames.turn(back, 0);

        assertTrue(CrossingFrames.isOne(back, 0, there.length));
        assertEquals(1L << 40, CrossingFrames.number(back, 0));
        assertEquals(77, CrossingFrames.timeNs(back, 0));
        final byte[] turned = back.toArray(JAVA_BYTE);
        assertArrayEquals(Arrays.copyOf(there, 6), Arrays.copyOfRange(turned, 6, 12));
        assertArrayEquals(Arrays.copyOfRange(there, 26, 30), Arrays.copyOfRange(turned, 30, 34));
        CrossingFrames.turn(back, 0);
        assertArrayEquals(there, back.toArray(JAVA_BYTE));
    }

    @Test
    void shouldTakeNothingElseForOne() {
        final byte[] frame = frame(CrossingFrames.LEAST_BYTES, 0);
        assertTrue(CrossingFrames.isOne(MemorySegment.ofArray(frame), 0, frame.length));
        assertFalse(CrossingFrames.isOne(MemorySegment.ofArray(frame), 0, 59));
        frame[26]++;
        assertFalse(CrossingFrames.isOne(MemorySegment.ofArray(frame), 0, frame.length));
        assertFalse(CrossingFrames.isOne(MemorySegment.ofArray(new byte[64]), 0, 64));
    }

    @Test
    void shouldReadWhatItHasWritten() {
        final CrossingClient.Result result = new CrossingClient.Result(1.5e6, 7, 12.5, 900);

        assertEquals(result, CrossingClient.Result.parse(result.text()));
        assertThrows(IllegalArgumentException.class, () -> CrossingClient.Result.parse("1.0 2 3"));
        final CrossingTask task = new CrossingTask(60, 256, 1_000);
        assertEquals(task, CrossingTask.parse(task.text()));
        assertThrows(IllegalArgumentException.class, () -> CrossingTask.parse("60"));
    }
}
