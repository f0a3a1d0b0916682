package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.List;

class MeasureFailoverIT {
    @Test
    void shouldTellHowLongFlowsOfADeadBladeAreNotServed() throws Exception {
        LabGuests.require("ip", "ping", "setsid");

        final CommandRun run =
                CommandRun.of("measure", "failover", "--kills", "1", "--blades", "2");

        assertEquals(0, run.status(), run.err());
        final List<String> lines = run.out().lines().toList();
        assertEquals(3, lines.size(), run.out());
        assertTrue(lines.get(1).matches("new flows +[1-9].* of 1"), run.out());
        assertTrue(lines.get(2).matches("existing flows +[1-9].* of 1"), run.out());
        final String namespaces =
                LabGuests.text(new ProcessBuilder("ip", "netns", "list").start().getInputStream());
        assertFalse(namespaces.contains("failover" + ProcessHandle.current().pid()), namespaces);
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        assertEquals(2, CommandRun.of("measure", "failover", "--kills", "0").status());
        assertEquals(2, CommandRun.of("measure", "failover", "--blades", "1").status());
    }
}
