package io.boomerang.cluster.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

class ChassisKeyTest {
    private static final char[] PASSWORD = "a password".toCharArray();
    private static final char[] NONE = {};

    @TempDir private Path directory = Path.of("");

    private final ChassisKey key = TestKeys.key(0);
    private final ChassisKey other = TestKeys.key(1);

    @Test
    void shouldComeBackFromItsFile() throws IOException {
        final Path file = directory.resolve("chassis.p12");
        for (final char[] password : List.of(PASSWORD, NONE)) {
            key.trusting(other).store(file, password);

            assertEquals(key.trusting(other), ChassisKey.load(file, password));
        }
        key.store(file, NONE);

        assertEquals(key, ChassisKey.load(file, NONE));
        try (Stream<Path> left = Files.list(directory)) {
            assertEquals(List.of(file), left.toList());
        }
    }

    @Test
    void shouldBeReadByNobodyButItsOwner() throws IOException {
        final Path file = directory.resolve("chassis.p12");
        key.store(file, PASSWORD);

        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals(false, ChassisKey.isOpenToOthers(file));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertEquals(true, ChassisKey.isOpenToOthers(file));
    }

    @Test
    void shouldBeChangedInThreeRounds() {
        final ChassisKey both = key.trusting(other);
        final ChassisKey next = other.trusting(key);

        assertEquals(key.fingerprint(), both.fingerprint());
        assertEquals(other.fingerprint(), next.fingerprint());
        assertEquals(both.trustedFingerprints(), next.trustedFingerprints());
        assertEquals(2, both.trustedFingerprints().size());
        assertEquals(other, next.trustingOnlyItself());
        assertNotEquals(key, both);
    }

    @Test
    void shouldSayWhatIsWrongWithAFile() throws IOException {
        final Path file = directory.resolve("chassis.p12");

        assertEquals(file + ": is no chassis key: no such file", refusal(file, NONE));
        key.store(file, PASSWORD);
        assertTrue(refusal(file, NONE).contains("password"), refusal(file, NONE));
        Files.writeString(file, "no key at all");
        assertTrue(refusal(file, NONE).startsWith(file + ": is no chassis key: "));
    }

    private static String refusal(final Path file, final char[] password) {
        return String.valueOf(
                assertThrows(IOException.class, () -> ChassisKey.load(file, password))
                        .getMessage());
    }
}
