package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.boomerang.sim.lab.HandoffHosts;
import io.boomerang.sim.lab.Lab;
import io.boomerang.sim.lab.LabPlan;
import io.boomerang.transfer.TransferDatagram;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Connections that are handed off by one of two redirectors of the clients' side, also while that
/// one is killed. A transfer is halted at a step by losing all its datagrams of one type on the
/// backplane.
class UpHandoffRedirectorsIT {
    private static final String NAME = "hr" + ProcessHandle.current().pid();
    private static final int BODY_BYTES = 100 << 20;
    private static final List<String> INGRESS =
            List.of(LabPlan.ingressName(1), LabPlan.ingressName(2));
    private static final String ALL =
            "ingress-1, ingress-2, egress-1, egress-2, blade-1, blade-2, blade-3";
    private static final String URL = "http://" + HandoffHosts.ADDRESS;

    /// The switch sends each packet to the next redirector, whichever flow it is of.
    private static final String SPRAY =
            """
            table netdev lag
            delete table netdev lag
            table netdev lag {
                chain apart {
                    type filter hook ingress device trunk priority 0; policy drop;
                    fwd to numgen inc mod 2 map { 0 : "port1", 1 : "port2" }
                }
                chain together {
                    type filter hook ingress devices = { port1, port2 } priority 0;
                    fwd to trunk
                }
            }
            """;

    private static final Lab LAB = new Lab(NAME);
    private static final List<String> KILLED = new ArrayList<>();

    @TempDir private static Path directory;
    private static LabGuests guests;
    private static HandoffClient client;

    @BeforeAll
    static void build() throws Exception {
        LabGuests.require("ip", "ping", "setsid", "sysctl", "python3", "curl", "nft");
        guests = new LabGuests(LAB, NAME, directory);
        client = new HandoffClient(guests, directory);
        final CommandRun up =
                CommandRun.of(
                        "up",
                        "--name",
                        NAME,
                        "--processor",
                        "handoff",
                        "--redirectors",
                        "2",
                        "--blades",
                        "3");
        assertEquals(0, up.status(), up.err());
    }

    @AfterAll
    static void remove() throws Exception {
        if (LabGuests.isRoot()) {
            LAB.remove();
        }
    }

    @BeforeEach
    void restartWhatWasKilled() throws Exception {
        for (final String redirector : KILLED) {
            letGo(redirector);
            guests.join(redirector);
        }
        KILLED.clear();
        await().until(() ->
                CommandRun.of("status", "--lab", NAME)
                        .out()
                        .contains("all see the same members: " + ALL));
        client.watch();
    }

    private static void load(final String host, final String rules) throws Exception {
        final Path file = Files.writeString(directory.resolve(host + ".nft"), rules);
        guests.run(host, "nft", "-f", file.toString());
    }

    @Test
    void shouldMoveAConnectionWhosePacketsComeToAllRedirectorsByTurns() throws Exception {
        load(LabPlan.CLIENT + "-switch", SPRAY);
        final Path file = directory.resolve("download");

        client.curl("-o", file.toString(), URL + "/tour/" + BODY_BYTES);

        HandoffClient.assertWhole(file, BODY_BYTES);
        client.assertWatched(1);
    }

    /// A redirector loses transfers' datagrams of one type, in both directions. Offsets are in bits
    /// behind the begin of the UDP header: the GENEVE header's protocol type, and what stands
    /// behind it, the tag of the chassis and the steering option.
    private static void halt(final String redirector, final int type) throws Exception {
        load(
                redirector,
                """
                table inet halt {
                    chain in {
                        type filter hook input priority 0
                        udp dport 6081 @th,80,16 0x88b5 @th,456,8 %1$d counter drop
                    }
                    chain out {
                        type filter hook output priority 0
                        udp dport 6081 @th,80,16 0x88b5 @th,456,8 %1$d counter drop
                    }
                }
                """
                        .formatted(type));
    }

    private static void letGo(final String redirector) throws Exception {
        guests.run(redirector, "nft", "flush", "ruleset");
    }

    /// The redirectors at which a transfer was halted.
    private static List<String> halting(final List<String> redirectors) throws Exception {
        final List<String> halting = new ArrayList<>();
        for (final String redirector : redirectors) {
            if (HandoffClient.packets(guests.run(redirector, "nft", "list", "ruleset")) > 0) {
                halting.add(redirector);
            }
        }
        return halting;
    }

    private static String awaitForwarder(final List<String> redirectors) {
        final List<String> found = new ArrayList<>();
        await().until(() -> found.addAll(halting(redirectors)));
        return found.getFirst();
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofMinutes(4)).pollInterval(Duration.ofMillis(50));
    }

    private static void kill(final String redirector) throws Exception {
        KILLED.add(redirector);
        guests.signal(redirector, "KILL");
    }

    /// Before its first part, when the host is ready, when the host has been told that it is the
    /// host's, and when it is the host's and has said so.
    @ParameterizedTest
    @ValueSource(
            ints = {
                TransferDatagram.CHUNK,
                TransferDatagram.READY,
                TransferDatagram.COMMIT,
                TransferDatagram.LIVE
            })
    void shouldCompleteAHandOffWhoseForwarderIsKilled(final int step) throws Exception {
        for (final String redirector : INGRESS) {
            halt(redirector, step);
        }
        final Process curl = client.start(URL + "/b");
        final String forwarder = awaitForwarder(INGRESS);

        kill(forwarder);

        for (final String redirector : INGRESS) {
            letGo(redirector);
        }
        assertEquals("blade-3 serves /b\n", LabGuests.text(curl.getInputStream()));
        assertEquals(0, curl.waitFor());
        client.assertWatched(1);
    }

    @Test
    void shouldWaitForTheOnlyRedirectorToComeBack() throws Exception {
        final String only = INGRESS.getLast();
        kill(INGRESS.getFirst());
        assertEquals("blade-2 serves /a\n", client.curl(URL + "/a"));
        halt(only, TransferDatagram.READY);
        final Process curl = client.start(URL + "/b");
        assertEquals(only, awaitForwarder(List.of(only)));

        kill(only);

        letGo(only);
        KILLED.remove(only);
        guests.join(only);
        assertEquals("blade-3 serves /b\n", LabGuests.text(curl.getInputStream()));
        assertEquals(0, curl.waitFor());
        client.assertWatched(2);
    }
}
