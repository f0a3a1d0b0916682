package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.boomerang.sim.lab.Lab;
import io.boomerang.sim.lab.LabPlan;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// What clients do behind blades whose kernels each translate to an address of their own, over IPv4
/// and IPv6, through two redirectors a side. One laboratory serves all tests, in any order but for
/// the one that changes the chassis.
///
/// `-Diperf.seconds=60` sets how long each run of iperf3 lasts.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class KernelTranslationIT {
    private static final String NAME = "kt" + ProcessHandle.current().pid();
    private static final String SECONDS = System.getProperty("iperf.seconds", "1");
    private static final int BLADES = 3;
    private static final int DOWNLOADS = 12;
    private static final int QUESTIONS = 60;
    private static final int SESSIONS = 9;
    private static final List<String> ADDRESSES =
            List.of(LabPlan.SERVER_ADDRESS, LabPlan.SERVER_ADDRESS6);

    private final Lab lab = new Lab(NAME);
    private LabGuests guests = new LabGuests(lab, NAME, Path.of(""));
    private Path directory = Path.of("");

    @BeforeAll
    void up(@TempDir final Path files) throws Exception {
        directory = files;
        guests =
                LabGuests.withKernels(
                        lab,
                        files,
                        "kernel-masquerade",
                        "--redirectors",
                        "2",
                        "--blades",
                        String.valueOf(BLADES),
                        "--spares",
                        "1",
                        "--drain-limit",
                        "120");
    }

    @AfterAll
    void removeWhatIsLeft() throws Exception {
        if (LabGuests.isRoot()) {
            lab.remove();
        }
    }

    @Test
    void shouldServeDownloadsBehindEveryBlade() {
        // one of them may have joined when the chassis was up already
        UpCommandIT.eventually()
                .until(() -> {
                    guests.assertWhole(guests.download(DOWNLOADS, new AtomicInteger()));
                    return IntStream.rangeClosed(1, BLADES).allMatch(this::hasTranslated);
                });
    }

    /// Whether the ruleset of a blade has translated a flow.
    private boolean hasTranslated(final int blade) {
        try {
            final String chain =
                    guests.run(
                            LabPlan.bladeName(blade) + "-device",
                            "nft list chain inet blade translation".split(" "));
            return !chain.contains("packets 0 bytes 0");
        } catch (final IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    // FTP

    @Test
    void shouldTransferFilesByActiveAndPassiveFtp() throws Exception {
        LabGuests.require("vsftpd");
        serveFtp();
        final String ipv6 = "[" + LabPlan.SERVER_ADDRESS6 + "]";
        for (int i = 0; i < 3; i++) {
            assertTransfers(LabPlan.SERVER_ADDRESS, "--disable-epsv");
            assertTransfers(LabPlan.SERVER_ADDRESS, "--disable-eprt", "--ftp-port", "-");
            assertTransfers(LabPlan.SERVER_ADDRESS);
            assertTransfers(LabPlan.SERVER_ADDRESS, "--ftp-port", "-");
            assertTransfers(ipv6);
            assertTransfers(ipv6, "--ftp-port", "-");
        }
    }

    private void serveFtp() throws Exception {
        final Path config =
                Files.writeString(
                        directory.resolve("vsftpd.conf"),
                        """
                        listen=NO
                        listen_ipv6=YES
                        background=YES
                        anonymous_enable=YES
                        no_anon_password=YES
                        anon_root=%s
                        run_as_launching_user=YES
                        seccomp_sandbox=NO
                        """
                                .formatted(directory));
        guests.run(LabPlan.SERVER, "vsftpd", config.toString());
    }

    private void assertTransfers(final String address, final String... mode)
            throws IOException, InterruptedException {
        final Path copy = directory.resolve("copy");
        Files.deleteIfExists(copy);
        final List<String> command =
                new ArrayList<>(List.of("curl", "-sS", "--max-time", "60", "-o", copy.toString()));
        command.addAll(List.of(mode));
        command.add("ftp://" + address + "/file");
        guests.run(LabPlan.CLIENT, command.toArray(String[]::new));
        assertTrue(isWhole(copy), String.join(" ", command));
    }

    private boolean isWhole(final Path copy) throws IOException {
        return Files.exists(copy) && Files.mismatch(copy, directory.resolve("file")) < 0;
    }

    // Sizes

    @Test
    void shouldCarryFragments() throws Exception {
        for (final String address : ADDRESSES) {
            guests.run(LabPlan.CLIENT, "ping", "-c5", "-i0.2", "-W9", "-s8000", address);
        }
    }

    /// What the client sends is too big for a router behind the servers' side. Its errors quote
    /// what the blade's kernel has made of the packet.
    @Test
    void shouldFindThePathsMtuTowardServers() throws Exception {
        LabGuests.require("iperf3");
        final SmallLink link = SmallLink.behind(guests, LabPlan.SERVER);
        final StreamRuns streams = new StreamRuns(guests);
        for (final String address : List.of(link.address(), link.address6())) {
            streams.run(LabPlan.CLIENT, link.host(), address, "-n", "500K");
            final String route = guests.run(LabPlan.CLIENT, "ip", "route", "get", address);
            assertTrue(route.contains("mtu " + SmallLink.MTU), route);
            guests.run(LabPlan.CLIENT, "ping", "-c3", "-i0.2", "-W9", "-s8000", address);
        }
    }

    /// What the server sends is too big for a router behind the clients' side. Its errors quote
    /// packets as they are behind the blade, and the server has to hear of what it sent.
    @Test
    void shouldFindThePathsMtuTowardClients() throws Exception {
        final SmallLink link = SmallLink.behind(guests, LabPlan.CLIENT);
        for (final String address : ADDRESSES) {
            final String host = address.indexOf(':') < 0 ? address : "[" + address + "]";
            for (int i = 0; i < DOWNLOADS / 2; i++) {
                final Path copy = directory.resolve("small");
                guests.run(
                        link.host(),
                        "curl",
                        "-sS",
                        "--max-time",
                        "60",
                        "-o",
                        copy.toString(),
                        "http://" + host + "/file");
                assertTrue(isWhole(copy), address);
                Files.delete(copy);
            }
        }
        assertServerKnows("198.51.100.");
        assertServerKnows("2001:db8:64::");
    }

    /// That the server has been told about the translated address of some blade.
    private void assertServerKnows(final String network) {
        assertTrue(
                IntStream.rangeClosed(1, BLADES).anyMatch(blade -> knows(network + blade)),
                "the server has not been told about " + network);
    }

    private boolean knows(final String address) {
        try {
            return guests.run(LabPlan.SERVER, "ip", "route", "get", address)
                    .contains("mtu " + SmallLink.MTU);
        } catch (final IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    // Datagrams and streams

    @Test
    void shouldResolveNames() throws Exception {
        LabGuests.require("dnsmasq", "dig");
        final String text = "t".repeat(250);
        guests.run(
                LabPlan.SERVER,
                "dnsmasq",
                "--conf-file=/dev/null",
                "--no-hosts",
                "--no-resolv",
                "--user=root",
                "--pid-file=",
                "--edns-packet-max=4096",
                "--address=/lab/192.0.2.7",
                "--txt-record=long.test" + (',' + text).repeat(12));
        for (final String address : ADDRESSES) {
            final String at = "@" + address;
            final Path questions =
                    Files.writeString(
                            directory.resolve("questions"),
                            IntStream.range(0, QUESTIONS)
                                    .mapToObj(i -> at + " host" + i + ".lab +short\n")
                                    .collect(Collectors.joining()));
            final String answers = guests.run(LabPlan.CLIENT, "dig", "-f", questions.toString());
            assertEquals("192.0.2.7\n".repeat(QUESTIONS), answers);
            for (final String size : List.of("+bufsize=4096", "+bufsize=1232")) {
                final String answer =
                        guests.run(LabPlan.CLIENT, "dig", at, "long.test", "TXT", "+short", size);
                assertEquals(12, answer.split(text, -1).length - 1, answer);
            }
        }
    }

    @Test
    void shouldCarryStreamsBothWays() throws Exception {
        LabGuests.require("iperf3");
        final StreamRuns streams = new StreamRuns(guests);
        for (final String address : ADDRESSES) {
            streams.runBothWays(LabPlan.CLIENT, LabPlan.SERVER, address, SECONDS);
        }
    }

    @Test
    void shouldCarrySctp() throws Exception {
        LabGuests.require("iperf3");
        assumeTrue(
                Files.readString(Path.of("/proc/net/protocols")).contains("SCTP"),
                "this kernel tracks SCTP but has no sockets of it (CONFIG_IP_SCTP)");
        final StreamRuns streams = new StreamRuns(guests);
        for (final String address : ADDRESSES) {
            streams.run(LabPlan.CLIENT, LabPlan.SERVER, address, "--sctp", "-t", SECONDS);
        }
    }

    // A chassis that changes

    /// Sessions of ssh, which are alive as long as each line that is typed comes back, while a
    /// blade joins, a redirector is killed, a blade drains and another one is killed.
    @Test
    @Order(Integer.MAX_VALUE)
    void shouldBreakOnlyTheSessionsOfABladeThatIsKilled() throws Exception {
        LabGuests.require("ssh", "ssh-keygen", "sshd");
        SshSession.serve(guests, directory);
        final List<SshSession> sessions = new ArrayList<>();
        try {
            for (int i = 0; i < SESSIONS; i++) {
                sessions.add(SshSession.open(guests, directory));
            }
            guests.join("blade-4");
            assertAlive(sessions);
            guests.signal("egress-2", "KILL");
            assertAlive(sessions);
            final String killed = sessions.getFirst().peer();
            final List<SshSession> others =
                    sessions.stream().filter(session -> !session.peer().equals(killed)).toList();
            final String drained = bladeOf(others.getFirst().peer());
            guests.signal(drained, "TERM");
            UpCommandIT.eventually().until(() -> guests.log(drained).contains("drains"));
            assertAlive(sessions);

            guests.signal(bladeOf(killed), "KILL");
            sessions.removeAll(others);
            for (final SshSession broken : sessions) {
                broken.write("lost");
            }
            assertAlive(others);

            for (final SshSession broken : sessions) {
                assertFalse(broken.hasAnswer(), "a session outlives its blade");
            }
            sessions.addAll(others);
            assertFalse(guests.log(drained).contains("stopped"), "its sessions are over");
        } finally {
            for (final SshSession session : sessions) {
                session.close();
            }
        }
    }

    private static void assertAlive(final List<SshSession> sessions) throws IOException {
        for (final SshSession session : sessions) {
            session.assertAlive();
        }
    }

    /// The blade that translates to an address.
    private static String bladeOf(final String address) {
        return "blade-" + address.substring(address.lastIndexOf('.') + 1);
    }
}
