package io.boomerang.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class IncarnationFileTest {
    @TempDir private Path directory = Path.of("");

    @Test
    void shouldCountTheStartsOfEachNode() throws IOException {
        final Path state = directory.resolve("var/lib");

        assertEquals(0, IncarnationFile.next(state, "slot-1"));
        assertEquals(1, IncarnationFile.next(state, "slot-1"));
        assertEquals(2, IncarnationFile.next(state, "slot-1"));
        assertEquals(0, IncarnationFile.next(state, "slot-2"));
        assertEquals("2\n", Files.readString(state.resolve("slot-1.incarnation")));
    }

    @Test
    void shouldBeginAnewAfterTheLastNumber() throws IOException {
        Files.writeString(directory.resolve("a.incarnation"), "65535\n");

        assertEquals(0, IncarnationFile.next(directory, "a"));
        assertEquals(1, IncarnationFile.next(directory, "a"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "-1", "65536", "99999", "1 2", "000000000000000000001"})
    void shouldRefuseAFileThatHoldsSomethingElse(final String text) throws IOException {
        final Path file = Files.writeString(directory.resolve("a.incarnation"), text);

        final IOException refusal =
                assertThrows(IOException.class, () -> IncarnationFile.next(directory, "a"));

        assertTrue(refusal.toString().contains(file.toString()));
        assertEquals(text, Files.readString(file));
    }
}
