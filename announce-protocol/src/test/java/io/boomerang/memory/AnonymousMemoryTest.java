package io.boomerang.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

final class AnonymousMemoryTest {
    private static final long BYTES = (1 << 22) + 100;
    private static final long MANY_BYTES = 1 << 26;
    private static final long PAGE_BYTES = 4_096;

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

    /// Which pages are there, Linux tells in the second number of this file.
    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldTakeThePagesAtOnce() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment memory = AnonymousMemory.allocate(arena, MANY_BYTES);
            final long before = residentPages();

            AnonymousMemory.populate(memory);

            final long taken = (residentPages() - before) * PAGE_BYTES;
            assertTrue(taken > MANY_BYTES / 2, "taken: " + taken);
            assertEquals(0, memory.get(JAVA_LONG, MANY_BYTES - Long.BYTES));
        }
    }

    private static long residentPages() throws IOException {
        return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ", -1)[1]);
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
