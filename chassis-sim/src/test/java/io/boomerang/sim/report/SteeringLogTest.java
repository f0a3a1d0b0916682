package io.boomerang.sim.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

final class SteeringLogTest {
    @TempDir Path directory;

    @Test
    void shouldWriteARowPerPacket() throws IOException {
        final Path file = directory.resolve("log.csv");

        try (SteeringLog log = new SteeringLog(file)) {
            log.delivered(1, "blade-1");
            log.delivered(12_345_678_901L, "blade-1");
            log.dropped(2, "malformed");
            log.delivered(3, "a,\"b\"");
            log.dropped(0, "x");
        }

        assertEquals(
                List.of(
                        "packet,blade",
                        "1,blade-1",
                        "12345678901,blade-1",
                        "2,drop,malformed",
                        "3,\"a,\"\"b\"\"\"",
                        "0,drop,x"),
                Files.readAllLines(file));
    }

    @Test
    void shouldReplaceAFileThatIsThere() throws IOException {
        final Path file = Files.writeString(directory.resolve("log.csv"), "something longer");

        new SteeringLog(file).close();

        assertEquals("packet,blade\n", Files.readString(file));
    }

    @Test
    void shouldRefuseAPlaceWhereItCannotWrite() {
        assertThrows(
                IOException.class, () -> new SteeringLog(directory.resolve("nowhere/log.csv")));
    }
}
