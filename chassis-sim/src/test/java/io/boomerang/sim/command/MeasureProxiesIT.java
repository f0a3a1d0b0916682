package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.List;

class MeasureProxiesIT {
    private static final List<String> WAYS =
            List.of("nothing", "HAProxy, TCP mode", "HAProxy, HTTP mode", "chassis");

    /// Tables that say how much has failed.
    private static final int TRANSFERS = 3;

    @Test
    void shouldServeEverythingByEveryWayAndLeaveNothingBehind() throws Exception {
        LabGuests.require("haproxy", "ip", "ping", "setsid", "sysctl", "python3");

        final CommandRun run =
                CommandRun.of(
                        "measure",
                        "proxies",
                        "--rounds",
                        "1",
                        "--mebibytes",
                        "16",
                        "--seconds",
                        "1",
                        "--warm-up",
                        "0");

        assertEquals(0, run.status(), run.err());
        for (final String way : WAYS) {
            final List<String> lines =
                    run.out().lines().filter(line -> line.matches(way + "  +[1-9].*")).toList();
            assertEquals(4, lines.size(), run.out());
            for (final String line : lines.subList(0, TRANSFERS)) {
                assertTrue(line.matches(way + " +[0-9,]+ +0 %( +[0-9.]+){2} +0 .*"), run.out());
            }
        }
        final String namespaces =
                LabGuests.text(new ProcessBuilder("ip", "netns", "list").start().getInputStream());
        final String own = "boomerang-proxy" + ProcessHandle.current().pid() + "-.*";
        assertTrue(namespaces.lines().noneMatch(line -> line.matches(own)), namespaces);
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        assertEquals(2, CommandRun.of("measure", "proxies", "--seconds", "0").status());
        assertEquals(2, CommandRun.of("measure", "proxies", "--rounds", "0").status());
        assertEquals(2, CommandRun.of("measure", "proxies", "--mebibytes", "65537").status());
        assertEquals(2, CommandRun.of("measure", "proxies", "--downloads", "1001").status());
        assertEquals(2, CommandRun.of("measure", "proxies", "--at-once", "0").status());
        assertEquals(2, CommandRun.of("measure", "proxies", "--warm-up", "-1").status());
    }
}
