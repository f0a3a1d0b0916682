package io.boomerang.sim.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;

class ProcessorTimeTest {
    @Test
    void shouldAddUpWhatAllProcessorsWereBusyWith() {
        final String stat =
                """
                cpu  1000 200 30 99999 88888 4 500 77777 66666 0
                cpu0 500 100 15 99999 88888 2 250 77777 66666 0
                intr 1
                """;

        assertEquals(17.34, ProcessorTime.busySeconds(stat), 1e-9);
    }

    @Test
    void shouldRefuseWhatIsNotOfTheKernel() {
        assertThrows(IllegalArgumentException.class, () -> ProcessorTime.busySeconds(""));
        assertThrows(IllegalArgumentException.class, () -> ProcessorTime.busySeconds("cpu0 1 2"));
        assertThrows(IllegalArgumentException.class, () -> ProcessorTime.busySeconds("cpu 1 2"));
    }

    @Test
    void shouldTellWhatThisProcessHasUsed() throws IOException {
        final List<ProcessHandle> own = List.of(ProcessHandle.current());

        final ProcessorTime now = ProcessorTime.now(own, List.of(), own);

        assertTrue(now.steering() > 0);
        assertEquals(0, now.hosts());
        assertTrue(now.client() >= now.steering());
        assertTrue(now.machine() >= now.steering());
        assertEquals(new ProcessorTime(0, 0, 0, 0), now.minus(now));
    }
}
