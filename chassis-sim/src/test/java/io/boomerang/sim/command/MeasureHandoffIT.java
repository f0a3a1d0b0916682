package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.boomerang.handoff.kernel.KernelTcp;

import org.junit.jupiter.api.Test;

import java.util.List;

final class MeasureHandoffIT {
    @Test
    void shouldHandOffEveryConnectionAndLeaveNothingBehind() throws Exception {
        final String reason = KernelTcp.unavailable();
        assumeTrue(reason == null, () -> "no hand-off of kernel connections here: " + reason);
        LabGuests.require("ip", "sysctl");

        final CommandRun run =
                CommandRun.of(
                        "measure", "handoff", "--handoffs", "5", "--warm-up", "3", "--moves", "2");

        assertEquals(0, run.status(), run.out() + run.err());
        final List<String> lines = run.out().lines().toList();
        assertEquals(14, lines.size(), run.out());
        assertTrue(lines.getFirst().startsWith("5 connections of the kernel handed off, the"));
        assertTrue(lines.get(5).startsWith("5 connections of the kernel handed off, after 3"));
        assertTrue(lines.get(2).matches(".*until it is live at the host .* of 5"), run.out());
        assertTrue(lines.get(10).startsWith("2 moves in the middle of one download"), run.out());
        final String namespaces =
                LabGuests.text(new ProcessBuilder("ip", "netns", "list").start().getInputStream());
        assertFalse(
                namespaces.contains("handoff-" + ProcessHandle.current().pid() + "-"), namespaces);
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        assertEquals(2, CommandRun.of("measure", "handoff", "--handoffs", "0").status());
        assertEquals(2, CommandRun.of("measure", "handoff", "--moves", "10001").status());
        assertEquals(2, CommandRun.of("measure", "handoff", "--warm-up", "-1").status());
    }
}
