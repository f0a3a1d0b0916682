package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.List;

class MeasureChassisIT {
    private static final List<String> NETWORKS =
            List.of("cable", "bridge", "nftables", "chassis, AF_PACKET", "chassis, AF_XDP");

    @Test
    void shouldPrintATableForEachSizeAndLeaveNothingBehind() throws Exception {
        LabGuests.require("ip", "ping", "setsid", "nft");

        final CommandRun run =
                CommandRun.of(
                        "measure", "chassis", "--rounds", "1", "--seconds", "1", "--warm-up", "1");

        assertEquals(0, run.status(), run.err());
        final List<String> lines = run.out().lines().toList();
        assertEquals(2 * (2 + NETWORKS.size()), lines.size(), run.out());
        assertTrue(lines.getFirst().startsWith("Frames of 64 bytes"), run.out());
        assertTrue(lines.get(lines.size() / 2).startsWith("Frames of 1,518 bytes"), run.out());
        for (int i = 0; i < NETWORKS.size(); i++) {
            for (final int heading : new int[] {2, 4 + NETWORKS.size()}) {
                final String line = lines.get(heading + i);
                assertTrue(line.matches(NETWORKS.get(i) + " +[1-9].*"), run.out());
            }
        }
        final String namespaces =
                LabGuests.text(new ProcessBuilder("ip", "netns", "list").start().getInputStream());
        final String own = "boomerang-rate." + ProcessHandle.current().pid() + "-.*";
        assertTrue(namespaces.lines().noneMatch(line -> line.matches(own)), namespaces);
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        assertEquals(2, CommandRun.of("measure", "chassis", "--seconds", "0").status());
        assertEquals(2, CommandRun.of("measure", "chassis", "--blades", "33").status());
        assertEquals(2, CommandRun.of("measure", "chassis", "--rounds", "0").status());
        assertEquals(2, CommandRun.of("measure", "chassis", "--at-once", "2049").status());
    }
}
