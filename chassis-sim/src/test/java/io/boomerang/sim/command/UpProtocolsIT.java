package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.sim.lab.Lab;
import io.boomerang.sim.lab.LabPlan;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// What clients do besides downloads, over IPv4 and IPv6, through two redirectors a side and an
/// IPv6 backplane.
///
/// `-Diperf.seconds=60` sets how long each run of iperf3 lasts.
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class UpProtocolsIT {
    private static final String NAME = "proto" + ProcessHandle.current().pid();
    private static final String SECONDS = System.getProperty("iperf.seconds", "3");
    private static final int QUESTIONS = 100;
    private static final int LINES = 300;
    private static final List<String> ADDRESSES =
            List.of(LabPlan.SERVER_ADDRESS, LabPlan.SERVER_ADDRESS6);

    private final Lab lab = new Lab(NAME);
    private final LabGuests guests = new LabGuests(lab, NAME, Path.of(""));
    @TempDir private Path directory = Path.of("");

    @AfterEach
    void removeWhatIsLeft() throws Exception {
        if (LabGuests.isRoot()) {
            lab.remove();
        }
    }

    private static void up() {
        final CommandRun up =
                CommandRun.of(
                        "up",
                        "--name",
                        NAME,
                        "--redirectors",
                        "2",
                        "--blades",
                        "3",
                        "--spares",
                        "1",
                        "--ipv6-backplane");
        assertEquals(0, up.status(), up.err());
    }

    @Test
    void shouldCarryFragmentsDatagramsAndStreamsBothWays() throws Exception {
        LabGuests.require("ip", "ping", "setsid", "nft", "iperf3");
        up();
        for (final String address : ADDRESSES) {
            guests.run(LabPlan.CLIENT, "ping", "-c5", "-i0.2", "-s4000", address);
        }
        final Process answering =
                guests.start(LabPlan.SERVER, LabGuests.java(UdpProbe.class, "answer"));
        try (BufferedReader output = answering.inputReader(StandardCharsets.UTF_8)) {
            assertEquals("ready", output.readLine());
            for (final String address : ADDRESSES) {
                final String count = String.valueOf(QUESTIONS);
                final String asked =
                        guests.run(
                                LabPlan.CLIENT,
                                LabGuests.java(UdpProbe.class, "ask", address, count));
                assertTrue(asked.contains("answered " + count), asked);
            }
        } finally {
            answering.destroyForcibly();
        }
        final StreamRuns streams = new StreamRuns(guests);
        for (final String address : ADDRESSES) {
            streams.runBothWays(LabPlan.CLIENT, LabPlan.SERVER, address, SECONDS);
        }
    }

    @Test
    void shouldKeepAnSshSessionThroughEveryChangeButTheDeathOfItsBlade() throws Exception {
        LabGuests.require("ip", "ping", "setsid", "nft", "ssh", "ssh-keygen", "sshd");
        up();
        SshSession.serve(guests, directory);
        try (SshSession session = SshSession.open(guests, directory)) {
            session.assertAlive();
            final String own = bladeOf(session, "blade-1", "blade-2", "blade-3");
            final String other = own.equals("blade-1") ? "blade-2" : "blade-1";
            final String third = own.equals("blade-3") ? "blade-2" : "blade-3";

            guests.signal(other, "KILL");
            session.assertAlive();
            final Process _ = lab.startDaemon("blade-4", UpCommand.daemon());
            UpCommandIT.eventually().until(() -> guests.log("blade-4").contains("started"));
            session.assertAlive();
            guests.signal("ingress-1", "KILL");
            session.assertAlive();
            guests.signal("egress-2", "KILL");
            assertEquals(own, bladeOf(session, own, third, "blade-4"));
            guests.signal(own, "TERM");
            while (!guests.log(own).contains("stopped")) {
                session.assertAlive();
            }
            assertTrue(
                    guests.log(own).contains("stopped, drained=true"), "its session did not move");
            assertFalse(guests.log(own).contains("not written"), guests.log(own));
            for (int i = 0; i < LINES; i++) {
                session.assertAlive();
            }
        }
    }

    /// The blade that a session's packets cross: most packets come there while it is busy.
    private String bladeOf(final SshSession session, final String... candidates) throws Exception {
        final List<String> blades = List.of(candidates);
        final long[] before = new long[blades.size()];
        for (int i = 0; i < before.length; i++) {
            before[i] = packets(blades.get(i));
        }
        for (int i = 0; i < LINES; i++) {
            session.assertAlive();
        }
        int busiest = 0;
        long most = 0;
        for (int i = 0; i < before.length; i++) {
            final long received = packets(blades.get(i)) - before[i];
            busiest = received > most ? i : busiest;
            most = Math.max(most, received);
        }
        assertTrue(most > LINES, "no blade has had the session's packets");
        return blades.get(busiest);
    }

    private long packets(final String blade) throws Exception {
        return Long.parseLong(
                guests.run(blade, "cat", "/sys/class/net/backplane/statistics/rx_packets").strip());
    }
}
