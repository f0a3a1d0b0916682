package io.boomerang.memory;

import io.boomerang.linux.MemoryMap;
import io.boomerang.linux.SystemCallException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Large tables and rings straight from the kernel: zeroed, aligned to a page, and a page of it
/// takes memory only once it has been touched, so that a large table costs nothing until it fills.
/// Huge pages where the kernel has them to give.
///
/// An arena's own memory is written to with zeros as a whole; that is what other systems than Linux
/// get.
public final class AnonymousMemory {
    private static final boolean LINUX = System.getProperty("os.name").equals("Linux");
    private static final long HUGE_PAGE_BYTES = 1 << 21;
    private static final long FALLBACK_ALIGNMENT = 64;

    private AnonymousMemory() {}

    /// Zeroed memory that lives as long as the arena.
    ///
    /// @throws OutOfMemoryError when there is none
    public static MemorySegment allocate(final Arena arena, final long bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("bytes " + bytes + " is not positive");
        }
        if (!LINUX) {
            return arena.allocate(bytes, FALLBACK_ALIGNMENT);
        }
        try {
            final MemorySegment memory = MemoryMap.anonymous(arena, bytes);
            if (bytes >= HUGE_PAGE_BYTES) {
                MemoryMap.wishForHugePages(memory);
            }
            return memory;
        } catch (final SystemCallException e) {
            throw new OutOfMemoryError(
                    "the kernel has no " + bytes + " bytes of memory to give: " + e.getMessage());
        }
    }

    /// Takes memory that was allocated here from the kernel now, as far as there is any: nobody
    /// waits later for a page to be cleared that is touched for the first time.
    public static void populate(final MemorySegment memory) {
        if (LINUX) {
            MemoryMap.populate(memory);
        }
    }
}
