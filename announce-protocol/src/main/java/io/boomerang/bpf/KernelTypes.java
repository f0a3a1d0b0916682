package io.boomerang.bpf;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

/// The kernel's description of its own types and functions, in the format BTF
/// (Documentation/bpf/btf.rst): a header, the types one after another, numbered from 1, then the
/// names.
///
/// ```
///  0       2         3       4               8             12            16             20
/// +-------+---------+-------+---------------+-------------+-------------+--------------+-----------+
/// | magic | version | flags | header length | types begin | types' size | names begin  | names' .. |
/// +-------+---------+-------+---------------+-------------+-------------+--------------+-----------+
/// ```
public final class KernelTypes {
    private static final Path OF_THIS_KERNEL = Path.of("/sys/kernel/btf/vmlinux");
    private static final int MAGIC = 0xEB9F;
    private static final int HEADER_LENGTH = 4;
    private static final int TYPES_BEGIN = 8;
    private static final int TYPES_SIZE = 12;
    private static final int NAMES_BEGIN = 16;
    private static final int LEAST_HEADER = 24;

    /// Each type: name, kind in bits 24 to 28 with a count in the lower 16, size or another type.
    private static final int TYPE_BYTES = 12;

    private static final int INFO = 4;
    private static final int KIND_FUNCTION = 12;

    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment bytes;

    /// @throws IOException when this is no BTF of a little-endian machine
    KernelTypes(final byte[] content) throws IOException {
        bytes = MemorySegment.ofArray(content);
        if (bytes.byteSize() < LEAST_HEADER || Short.toUnsignedInt(bytes.get(SHORT, 0)) != MAGIC) {
            throw new IOException("the kernel's types are not in the format BTF");
        }
    }

    /// Of the kernel that this runs on.
    ///
    /// @throws IOException when it has none to give
    public static KernelTypes ofThisKernel() throws IOException {
        return new KernelTypes(Files.readAllBytes(OF_THIS_KERNEL));
    }

    /// The number of a function, where the kernel has one of that name.
    ///
    /// @throws IOException when the types are damaged
    public OptionalInt function(final String name) throws IOException {
        final long header = bytes.get(INT, HEADER_LENGTH);
        final long names = header + bytes.get(INT, NAMES_BEGIN);
        try {
            long at = header + bytes.get(INT, TYPES_BEGIN);
            final long end = at + bytes.get(INT, TYPES_SIZE);
            for (int id = 1; at < end; id++) {
                final int info = bytes.get(INT, at + INFO);
                final int kind = info >>> 24 & 0x1F;
                if (kind == KIND_FUNCTION
                        && name.equals(bytes.getString(names + bytes.get(INT, at)))) {
                    return OptionalInt.of(id);
                }
                at += TYPE_BYTES + extraBytes(kind, info & 0xFFFF);
            }
            return OptionalInt.empty();
        } catch (final IndexOutOfBoundsException e) {
            throw new IOException("the kernel's types end too early", e);
        }
    }

    /// What follows a type of a kind, with so many members.
    private static int extraBytes(final int kind, final int count) throws IOException {
        return switch (kind) {
            // Pointers, forward declarations, typedefs, qualifiers, functions, floats, type tags.
            case 2, 7, 8, 9, 10, 11, 12, 16, 18 -> 0;
            // Integers, variables, declaration tags.
            case 1, 14, 17 -> 4;
            // Arrays.
            case 3 -> 12;
            // Structures, unions, sections, enumerations of 64 bits.
            case 4, 5, 15, 19 -> 12 * count;
            // Enumerations, prototypes.
            case 6, 13 -> 8 * count;
            default -> throw new IOException("the kernel has types of the unknown kind " + kind);
        };
    }
}
