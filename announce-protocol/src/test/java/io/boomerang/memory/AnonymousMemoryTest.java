package io.boomerang.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

final class AnonymousMemoryTest {
    private static final long BYTES = (1 << 22) + 100;

    @Test
    void shouldGiveZeroedAlignedMemory() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment memory = AnonymousMemory.allocate(arena, BYTES);

            assertEquals(BYTES, memory.byteSize());
            assertEquals(0, memory.address() % 64);
            assertTrue(memory.elements(JAVA_BYTE).allMatch(b -> b.get(JAVA_BYTE, 0) == 0));
            memory.set(JAVA_LONG, 4_096, 7);
            assertEquals(7, memory.get(JAVA_LONG, 4_096));
        }
    }

    @Test
    void shouldEndWithItsArena() {
        final MemorySegment memory;
        try (Arena arena = Arena.ofConfined()) {
            memory = AnonymousMemory.allocate(arena, 64);
        }

        assertThrows(IllegalStateException.class, () -> memory.get(JAVA_LONG, 0));
    }

    @Test
    void shouldSayWhenThereIsNone() {
        try (Arena arena = Arena.ofConfined()) {
            assertThrows(OutOfMemoryError.class, () -> AnonymousMemory.allocate(arena, 1L << 60));
            assertThrows(IllegalArgumentException.class, () -> AnonymousMemory.allocate(arena, 0));
        }
    }
}
