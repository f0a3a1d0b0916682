package io.boomerang.memory;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/// Large tables and rings straight from the kernel: zeroed, aligned to a page, and a page of it
/// takes memory only once it has been touched, so that a large table costs nothing until it fills.
/// Huge pages where the kernel has them to give.
///
/// An arena's own memory is written to with zeros as a whole; that is what other systems than Linux
/// get.
public final class AnonymousMemory {
    // asm-generic/mman-common.h, the same on x86-64 and AArch64.
    private static final int PROT_READ_WRITE = 0x1 | 0x2;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x02 | 0x20;
    private static final int MADV_HUGEPAGE = 14;
    private static final long MAP_FAILED = -1;
    private static final long HUGE_PAGE_BYTES = 1 << 21;
    private static final long FALLBACK_ALIGNMENT = 64;

    private static final @Nullable Calls CALLS =
            System.getProperty("os.name").equals("Linux") ? new Calls() : null;

    private AnonymousMemory() {}

    /// The kernel's part.
    @SuppressWarnings("restricted") // the arguments are those of the kernel's own headers
    private static final class Calls {
        private final MethodHandle map =
                handle(
                        "mmap", ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT,
                        JAVA_LONG);
        private final MethodHandle unmap = handle("munmap", JAVA_INT, ADDRESS, JAVA_LONG);
        private final MethodHandle advise =
                handle("madvise", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);

        private static MethodHandle handle(
                final String name, final MemoryLayout result, final MemoryLayout... arguments) {
            final Linker linker = Linker.nativeLinker();
            final SymbolLookup lookup = linker.defaultLookup();
            return linker.downcallHandle(
                    lookup.findOrThrow(name), FunctionDescriptor.of(result, arguments));
        }

        MemorySegment map(final Arena arena, final long bytes) {
            try {
                final MemorySegment start =
                        (MemorySegment)
                                map.invokeExact(
                                        MemorySegment.NULL,
                                        bytes,
                                        PROT_READ_WRITE,
                                        MAP_PRIVATE_ANONYMOUS,
                                        -1,
                                        0L);
                if (start.address() == MAP_FAILED) {
                    throw new OutOfMemoryError(
                            "the kernel has no " + bytes + " bytes of memory to give");
                }
                if (bytes >= HUGE_PAGE_BYTES) {
                    // A wish: a kernel without huge pages says no, and ordinary ones do.
                    final int _ = (int) advise.invokeExact(start, bytes, MADV_HUGEPAGE);
                }
                return start.reinterpret(bytes, arena, this::unmap);
            } catch (final RuntimeException | Error e) {
                throw e;
            } catch (final Throwable e) {
                throw new IllegalStateException("mmap cannot be called", e);
            }
        }

        private void unmap(final MemorySegment memory) {
            try {
                final int result = (int) unmap.invokeExact(memory, memory.byteSize());
                assert result == 0 : "munmap refused what mmap gave";
            } catch (final RuntimeException | Error e) {
                throw e;
            } catch (final Throwable e) {
                throw new IllegalStateException("munmap cannot be called", e);
            }
        }
    }

    /// Zeroed memory that lives as long as the arena.
    ///
    /// @throws OutOfMemoryError when there is none
    public static MemorySegment allocate(final Arena arena, final long bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("bytes " + bytes + " is not positive");
        }
        final Calls calls = CALLS;
        return calls == null ? arena.allocate(bytes, FALLBACK_ALIGNMENT) : calls.map(arena, bytes);
    }
}
