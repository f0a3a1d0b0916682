package io.boomerang.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;

class KernelTypesTest {
    private static final String NAMES = "\0int\0pair\0first\0second\0twice\0other\0";

    @Test
    void shouldFindFunctionsBehindTypesOfAllSizes() throws IOException {
        final KernelTypes types = new KernelTypes(some());

        assertEquals(OptionalInt.of(4), types.function("twice"));
        assertEquals(OptionalInt.of(6), types.function("other"));
        assertEquals(OptionalInt.empty(), types.function("pair"), "a structure");
        assertEquals(OptionalInt.empty(), types.function("none"));
    }

    @Test
    void shouldSayWhatIsWrong() {
        final byte[] whole = some();
        final byte[] unknown = whole.clone();
        unknown[24 + 4 + 3] = 30;

        assertThrows(IOException.class, () -> new KernelTypes(new byte[30]));
        assertThrows(IOException.class, () -> new KernelTypes(Arrays.copyOf(whole, 20)));
        assertThrows(
                IOException.class,
                () -> new KernelTypes(Arrays.copyOf(whole, 60)).function("other"));
        assertThrows(IOException.class, () -> new KernelTypes(unknown).function("other"));
    }

    @Test
    void shouldReadThoseOfThisKernel() throws IOException {
        assumeTrue(
                Files.isReadable(Path.of("/sys/kernel/btf/vmlinux")),
                "SKIPPED: this kernel does not describe its types");

        assertTrue(KernelTypes.ofThisKernel().function("vfs_read").isPresent());
    }

    /// int, struct pair, a prototype, function twice, an enumeration, function other.
    private static byte[] some() {
        final ByteBuffer types = ByteBuffer.allocate(200).order(ByteOrder.LITTLE_ENDIAN);
        type(types, "int", 1, 0, 4).putInt(32);
        type(types, "pair", 4, 2, 8);
        types.putInt(name("first")).putInt(1).putInt(0);
        types.putInt(name("second")).putInt(1).putInt(32);
        type(types, "", 13, 1, 1).putInt(name("first")).putInt(1);
        type(types, "twice", 12, 1, 3);
        type(types, "", 6, 1, 4).putInt(name("first")).putInt(7);
        type(types, "other", 12, 0, 3);
        types.flip();
        final byte[] names = NAMES.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(24 + types.limit() + names.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) 0xEB9F)
                .put((byte) 1)
                .put((byte) 0)
                .putInt(24)
                .putInt(0)
                .putInt(types.limit())
                .putInt(types.limit())
                .putInt(names.length)
                .put(types)
                .put(names)
                .array();
    }

    private static ByteBuffer type(
            final ByteBuffer out,
            final String name,
            final int kind,
            final int count,
            final int sizeOrType) {
        return out.putInt(name(name)).putInt(kind << 24 | count).putInt(sizeOrType);
    }

    private static int name(final String name) {
        return name.isEmpty() ? 0 : NAMES.indexOf("\0" + name + "\0") + 1;
    }
}
