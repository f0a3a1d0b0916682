package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.sim.lab.Lab;
import io.boomerang.sim.lab.LabPlan;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Blades whose devices are kernels: a firewall that denies by default and picks up no connection
/// in mid-stream, or one that also translates to an address of the blade.
///
/// `-Ddownloads=2000` sets the number of downloads while the chassis changes.
class KernelChassisIT {
    private static final String NAME = "kn" + ProcessHandle.current().pid();
    private static final int FILE_BYTES = 200_000;
    private static final int DOWNLOADS = Integer.getInteger("downloads", 200);
    private static final int SLOW_DOWNLOADS = 12;
    private static final int CLIENTS = 3;
    private static final int PATIENCE_S = 60;
    private static final int SHORT_PATIENCE_S = 20;
    private static final int FIRST_PORT = 41_000;

    private static final int TRIES = 4;

    /// Why daemons that start all at once on few cores may not find each other.
    private static final String SLOW_MACHINE = "was refused by all that it reached";

    /// What the server sees of a client behind blade N: 198.51.100.N.
    private static final Pattern PEER = Pattern.compile("198\\.51\\.100\\.(\\d+):(\\d+)\\s*$");

    private final Lab lab = new Lab(NAME);
    @TempDir private Path directory = Path.of("");

    @AfterEach
    void removeWhatIsLeft() throws Exception {
        if (LabGuests.isRoot()) {
            lab.remove();
        }
    }

    private LabGuests up(final String processor, final String... options) throws Exception {
        LabGuests.require("ip", "ping", "setsid", "nginx", "curl", "nft", "sysctl");
        final List<String> all = new ArrayList<>(List.of("up", "--name", NAME));
        all.addAll(List.of("--processor", processor));
        all.addAll(List.of(options));
        CommandRun up = CommandRun.of(all.toArray(String[]::new));
        for (int tries = 1; tries < TRIES && up.err().contains(SLOW_MACHINE); tries++) {
            up = CommandRun.of(all.toArray(String[]::new));
        }
        assertEquals(0, up.status(), up.err());
        final LabGuests guests = new LabGuests(lab, NAME, directory);
        guests.serveFile(FILE_BYTES);
        return guests;
    }

    private static ConditionFactory eventually() {
        return Awaitility.await().atMost(5, TimeUnit.MINUTES);
    }

    /// A change of the chassis that cannot go wrong for another reason than the chassis.
    private interface Change {
        void make() throws Exception;
    }

    private static Thread after(final AtomicInteger done, final int count, final Change change) {
        return Thread.ofPlatform()
                .start(() -> {
                    eventually().until(() -> done.get() >= count);
                    try {
                        change.make();
                    } catch (final Exception e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    /// Starts the daemon of a blade, again if it ends: as a service manager would.
    private void join(final LabGuests guests, final String blade) throws Exception {
        final Process[] daemon = {lab.startDaemon(blade, UpCommand.daemon())};
        eventually()
                .until(() -> {
                    if (!daemon[0].isAlive()) {
                        daemon[0] = lab.startDaemon(blade, UpCommand.daemon());
                    }
                    return guests.log(blade).contains("nodes=[" + blade + "] started");
                });
    }

    private LabGuests upWithFourBlades(final String processor) throws Exception {
        return up(
                processor,
                "--redirectors",
                "2",
                "--blades",
                "4",
                "--spares",
                "1",
                "--drain-limit",
                "120");
    }

    /// While so many downloads are made a blade joins, one drains, and one redirector of two is
    /// killed.
    private List<String> downloadWhileTheChassisChanges(
            final LabGuests guests, final int count, final int clients, final int patienceS)
            throws Exception {
        final AtomicInteger done = new AtomicInteger();
        final List<Thread> changes =
                List.of(
                        after(done, count / 5, () -> join(guests, "blade-5")),
                        after(done, 2 * count / 5, () -> guests.signal("blade-1", "TERM")),
                        after(done, 3 * count / 5, () -> guests.signal("egress-2", "KILL")));
        final List<String> downloads = guests.download(count, clients, patienceS, done);
        for (final Thread change : changes) {
            change.join();
        }
        return downloads;
    }

    @Test
    void shouldServeClientsThroughKernelFirewallsWhileTheChassisChanges() throws Exception {
        final LabGuests guests = upWithFourBlades("kernel");

        guests.assertWhole(downloadWhileTheChassisChanges(guests, DOWNLOADS, CLIENTS, PATIENCE_S));

        eventually()
                .until(() -> guests.log("blade-1").contains("blade=blade-1 stopped, drained=true"));
    }

    @Test
    void shouldServeEverythingBehindKernelsThatTranslate() throws Exception {
        LabGuests.require("vsftpd");
        final LabGuests guests = up("kernel-masquerade", "--blades", "3");
        serveFtp(guests);

        guests.assertWhole(guests.download(30, new AtomicInteger()));
        for (int i = 0; i < 6; i++) {
            assertTransfers(guests, "--disable-epsv");
            assertTransfers(guests, "--disable-eprt", "--ftp-port", "-");
        }
        guests.run(LabPlan.CLIENT, "ping", "-c3", "-W9", "-s8000", LabPlan.SERVER_ADDRESS);
        guests.run(LabPlan.CLIENT, "ping", "-c3", "-W9", "-s8000", LabPlan.SERVER_ADDRESS6);

        // one of them may have joined when the chassis was up already
        eventually()
                .until(() -> {
                    guests.assertWhole(guests.download(3, new AtomicInteger()));
                    return translatedBy(guests).size() == 3;
                });
    }

    private void serveFtp(final LabGuests guests) throws Exception {
        final Path config =
                Files.writeString(
                        directory.resolve("vsftpd.conf"),
                        """
                        listen=YES
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

    private void assertTransfers(final LabGuests guests, final String... mode)
            throws IOException, InterruptedException {
        final Path copy = directory.resolve("copy");
        Files.deleteIfExists(copy);
        final List<String> command =
                new ArrayList<>(List.of("curl", "-sS", "--max-time", "60", "-o", copy.toString()));
        command.addAll(List.of(mode));
        command.add("ftp://" + LabPlan.SERVER_ADDRESS + "/file");
        guests.run(LabPlan.CLIENT, command.toArray(String[]::new));
        assertTrue(isWhole(copy), String.join(" ", command));
    }

    private boolean isWhole(final Path copy) throws IOException {
        return Files.exists(copy) && Files.mismatch(copy, directory.resolve("file")) < 0;
    }

    /// The blades whose ruleset has translated a flow.
    private static List<String> translatedBy(final LabGuests guests) throws Exception {
        final List<String> blades = new ArrayList<>();
        for (final String blade : List.of("blade-1", "blade-2", "blade-3")) {
            final String chain =
                    guests.run(
                            blade + "-device",
                            "nft",
                            "list",
                            "chain",
                            "inet",
                            "blade",
                            "translation");
            if (!chain.contains("packets 0 bytes 0")) {
                blades.add(blade);
            }
        }
        return blades;
    }

    @Test
    void shouldBreakOnlyTheFlowsOfABladeThatIsKilled() throws Exception {
        final LabGuests guests = up("kernel-masquerade", "--blades", "3");
        final Map<Integer, Process> clients = new HashMap<>();
        for (int port = FIRST_PORT; port < FIRST_PORT + SLOW_DOWNLOADS; port++) {
            clients.put(port, slowDownload(guests, port));
        }
        final Map<Integer, Integer> bladeByPort = new HashMap<>();
        eventually()
                .until(() -> {
                    bladeByPort.putAll(blades(guests));
                    return bladeByPort.size() == SLOW_DOWNLOADS;
                });

        final Integer killed = bladeByPort.get(FIRST_PORT);
        guests.signal("blade-" + killed, "KILL");

        for (final Map.Entry<Integer, Process> client : clients.entrySet()) {
            client.getValue().waitFor();
            assertEquals(
                    !Objects.equals(bladeByPort.get(client.getKey()), killed),
                    isWhole(copyOf(client.getKey())),
                    () -> "port " + client.getKey() + " of " + bladeByPort + " without " + killed);
        }
    }

    private Path copyOf(final int port) {
        return directory.resolve("copy" + port);
    }

    /// About ten seconds long, from this port; given up after so long without a byte.
    private Process slowDownload(final LabGuests guests, final int port) throws IOException {
        return guests.start(
                LabPlan.CLIENT,
                "curl",
                "-sS",
                "--local-port",
                String.valueOf(port),
                "--limit-rate",
                "20k",
                "--speed-limit",
                "1",
                "--speed-time",
                "30",
                "-o",
                copyOf(port).toString(),
                "http://" + LabPlan.SERVER_ADDRESS + "/file");
    }

    /// The connections as the server sees them: blade by port.
    private static Map<Integer, Integer> blades(final LabGuests guests) throws Exception {
        final Map<Integer, Integer> blades = new HashMap<>();
        final String sockets =
                guests.run(
                        LabPlan.SERVER, "ss", "-Htn", "state", "established", "sport", "=", "80");
        for (final String line : sockets.lines().toList()) {
            final Matcher peer = PEER.matcher(line);
            if (peer.find()) {
                blades.put(Integer.valueOf(peer.group(2)), Integer.valueOf(peer.group(1)));
            }
        }
        return blades;
    }

    /// The same changes, the same checks: without announcements, and with answers that find their
    /// blade by nothing else, they fail.
    @Test
    void shouldBreakFlowsThatNobodyAnnounces() throws Exception {
        final LabGuests guests = upWithFourBlades("kernel-masquerade-silent");

        final List<String> downloads =
                downloadWhileTheChassisChanges(
                        guests, SLOW_DOWNLOADS, SLOW_DOWNLOADS, SHORT_PATIENCE_S);

        final long whole = downloads.stream().filter(guests::isWhole).count();
        assertTrue(whole < SLOW_DOWNLOADS, whole + " downloads were whole");
    }
}
