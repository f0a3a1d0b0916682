package io.boomerang.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Memory mapped by the kernel, unmapped with its arena.
public final class MemoryMap {
    // asm-generic/mman-common.h, the same on x86-64 and AArch64.
    private static final int PROT_READ_WRITE = 0x1 | 0x2;
    private static final int MAP_SHARED = 0x01;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x02 | 0x20;
    private static final int MAP_POPULATE = 0x8000;
    private static final int MADV_HUGEPAGE = 14;
    private static final int MADV_POPULATE_WRITE = 23;
    private static final long MAP_FAILED = -1;

    private static final MethodHandle MAP =
            NativeFunction.of(
                    "mmap", ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle UNMAP =
            NativeFunction.plain("munmap", JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle ADVISE =
            NativeFunction.plain("madvise", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);

    private MemoryMap() {}

    /// Zeroed memory of this process alone; a page of it takes memory only once it was touched.
    public static MemorySegment anonymous(final Arena arena, final long bytes)
            throws SystemCallException {
        return map(arena, bytes, MAP_PRIVATE_ANONYMOUS, -1, 0);
    }

    /// Memory that a file or socket shares with this process, all of it present from the beginning.
    public static MemorySegment shared(
            final Arena arena, final int descriptor, final long offset, final long bytes)
            throws SystemCallException {
        return map(arena, bytes, MAP_SHARED | MAP_POPULATE, descriptor, offset);
    }

    /// Asks for huge pages. A wish: a kernel without them says no, and ordinary ones do.
    public static void wishForHugePages(final MemorySegment memory) {
        advise(memory, MADV_HUGEPAGE);
    }

    /// Takes all pages of anonymous memory now. A kernel before Linux 5.14, or without so much
    /// memory, says no: then each is taken when it is first touched.
    public static void populate(final MemorySegment memory) {
        advise(memory, MADV_POPULATE_WRITE);
    }

    private static void advise(final MemorySegment memory, final int advice) {
        try {
            final int _ = (int) ADVISE.invokeExact(memory, memory.byteSize(), advice);
        } catch (final Throwable e) {
            throw NativeFunction.impossible(e);
        }
    }

    @SuppressWarnings("restricted") // the kernel mapped as many bytes as it was asked for
    private static MemorySegment map(
            final Arena owner,
            final long bytes,
            final int flags,
            final int descriptor,
            final long offset)
            throws SystemCallException {
        try (Arena call = Arena.ofConfined()) {
            final MemorySegment errno = call.allocate(NativeFunction.ERRNO_BYTES, Long.BYTES);
            final MemorySegment start =
                    (MemorySegment)
                            MAP.invokeExact(
                                    errno,
                                    MemorySegment.NULL,
                                    bytes,
                                    PROT_READ_WRITE,
                                    flags,
                                    descriptor,
                                    offset);
            if (start.address() == MAP_FAILED) {
                throw SystemCallException.of("mmap", NativeFunction.errno(errno));
            }
            return start.reinterpret(bytes, owner, MemoryMap::unmap);
        } catch (final SystemCallException e) {
            throw e;
        } catch (final Throwable e) {
            throw NativeFunction.impossible(e);
        }
    }

    private static void unmap(final MemorySegment memory) {
        try {
            final int result = (int) UNMAP.invokeExact(memory, memory.byteSize());
            assert result == 0 : "munmap refused what mmap gave";
        } catch (final Throwable e) {
            throw NativeFunction.impossible(e);
        }
    }
}
