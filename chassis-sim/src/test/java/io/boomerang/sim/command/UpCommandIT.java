package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.sim.lab.ChassisOptions;
import io.boomerang.sim.lab.Lab;
import io.boomerang.sim.lab.LabPlan;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/// Unmodified clients and servers across real daemons, one network namespace for each.
///
/// `-Ddownloads=2000` sets the number of downloads while a chassis with two redirectors a side
/// changes.
class UpCommandIT {
    private static final String NAME = "it" + ProcessHandle.current().pid();
    private static final int FILE_BYTES = 200_000;
    private static final int DOWNLOADS = Integer.getInteger("downloads", 300);

    private final Lab lab = new Lab(NAME);
    @TempDir private Path directory = Path.of("");

    @AfterEach
    void removeWhatIsLeft() throws Exception {
        if (LabGuests.isRoot()) {
            lab.remove();
        }
    }

    private LabGuests guests() {
        return new LabGuests(lab, NAME, directory);
    }

    private static void up(final String... options) {
        final String[] all = new String[options.length + 3];
        all[0] = "up";
        all[1] = "--name";
        all[2] = NAME;
        System.arraycopy(options, 0, all, 3, options.length);
        final CommandRun up = CommandRun.of(all);
        assertEquals(0, up.status(), up.err());
        assertTrue(up.out().contains("boomerang down --name " + NAME), up.out());
    }

    static ConditionFactory eventually() {
        return Awaitility.await().atMost(5, TimeUnit.MINUTES);
    }

    @Test
    void shouldServeClientsWhileABladeDrainsAndAfterOneWasKilled() throws Exception {
        LabGuests.require("ip", "ping", "setsid", "nginx", "curl");
        final LabGuests guests = guests();
        up("--blades", "3", "--drain-limit", "120", "--port", "af-packet");
        assertTrue(guests.log("ingress-1").contains("port=outside kind=AF_PACKET"));
        guests.serveFile(FILE_BYTES);

        final ChassisChanges drain =
                new ChassisChanges().after(60, () -> guests.signal("blade-1", "TERM"));
        final List<String> first = guests.download(240, drain.done());
        drain.await();

        guests.assertWhole(first);
        eventually()
                .until(() -> guests.log("blade-1").contains("blade=blade-1 stopped, drained=true"));

        guests.signal("blade-2", "KILL");
        final List<String> second = guests.download(60, new AtomicInteger());

        guests.assertWhole(second);
        final String log = guests.log("blade-3");
        assertTrue(log.contains("members=[ingress-1, egress-1, blade-3]"), log);

        final CommandRun down = CommandRun.of("down", "--name", NAME);
        assertEquals(0, down.status(), down.err());
        assertNothingIsLeft();
        assertTrue(CommandRun.of("down", "--name", NAME).out().contains("no laboratory " + NAME));
    }

    @Test
    void shouldServeClientsWhileRedirectorsAreKilledABladeJoinsAndOneDrains() throws Exception {
        LabGuests.require("ip", "ping", "setsid", "nginx", "curl", "nft");
        final LabGuests guests = guests();
        up("--redirectors", "2", "--blades", "3", "--spares", "1", "--drain-limit", "120");
        guests.serveFile(FILE_BYTES);

        final ChassisChanges changes =
                new ChassisChanges()
                        .after(DOWNLOADS / 6, () -> lab.startDaemon("blade-4", UpCommand.daemon()))
                        .after(DOWNLOADS / 3, () -> guests.signal("ingress-2", "KILL"))
                        .after(DOWNLOADS / 2, () -> guests.signal("blade-1", "TERM"))
                        .after(2 * DOWNLOADS / 3, () -> guests.signal("egress-1", "KILL"));
        final List<String> downloads = guests.download(DOWNLOADS, changes.done());
        changes.await();

        guests.assertWhole(downloads);
        eventually()
                .until(() -> guests.log("blade-1").contains("blade=blade-1 stopped, drained=true"));
        eventually()
                .until(() ->
                        guests.log("blade-4")
                                .contains(
                                        "members=[ingress-1, egress-2, blade-2, blade-3,"
                                                + " blade-4]"));
        guests.signal("ingress-1", "TERM");
        guests.signal("egress-2", "TERM");
        final String returns = "look_ups_answered=";
        eventually()
                .until(() -> (guests.log("ingress-1") + guests.log("egress-2")).contains(returns));
    }

    /// While it stops and starts, which takes seconds, the switch knows not to send to it. What is
    /// lost is what comes before the switch has noticed that the link is down.
    @Test
    void shouldServeClientsWhileARedirectorStopsAndStartsAgain() throws Exception {
        LabGuests.require("ip", "ping", "setsid", "nft");
        final LabGuests guests = guests();
        up("--redirectors", "2");
        final Process answering =
                guests.start(LabPlan.SERVER, LabGuests.java(UdpProbe.class, "answer"));
        assertEquals("ready", answering.inputReader().readLine());
        final Process stream =
                guests.start(
                        LabPlan.CLIENT,
                        LabGuests.java(UdpProbe.class, "stream", LabPlan.SERVER_ADDRESS));

        for (final String redirector : List.of("ingress-1", "egress-2")) {
            guests.signal(redirector, "TERM");
            eventually()
                    .until(() ->
                            guests.log(redirector)
                                    .contains("blade=" + redirector + " stopped, drained=true"));
            guests.join(redirector);
            final Pattern running = Pattern.compile(redirector + " +\\S+ +running ");
            eventually()
                    .until(() ->
                            running.matcher(CommandRun.of("status", "--lab", NAME).out()).find());
        }
        stream.outputWriter().append('\n').close();

        final Scanner output = new Scanner(stream.getInputStream(), StandardCharsets.UTF_8);
        final long sent = output.nextLong();
        final long lost = output.skip(" sent, ").nextLong();
        assertTrue(sent > 1_000 && lost < sent / 20, lost + " lost of " + sent);
    }

    @Test
    void shouldLeaveNothingBehindWhenADaemonDoesNotStart() throws Exception {
        LabGuests.require("ip", "setsid");
        final ChassisOptions options =
                new ChassisOptions("nothing-of-the-kind", 1, "auto", false, 1_800, "refuse", false);
        final LabPlan plan = new LabPlan(NAME, 1, 1, 0, options);

        final Exception refusal =
                assertThrows(Exception.class, () -> lab.build(plan, UpCommand.daemon()));

        assertTrue(
                refusal.toString().contains("'nothing-of-the-kind' is none of"), refusal::toString);
        assertNothingIsLeft();
    }

    private void assertNothingIsLeft() throws Exception {
        final String namespaces =
                LabGuests.text(new ProcessBuilder("ip", "netns", "list").start().getInputStream());
        assertFalse(namespaces.contains(NAME), namespaces);
        assertFalse(Files.exists(lab.directory()));
        final String ours = "boomerang-lab/" + NAME + "/";
        assertTrue(
                ProcessHandle.allProcesses()
                        .flatMap(process -> process.info().arguments().stream())
                        .flatMap(Arrays::stream)
                        .noneMatch(argument -> argument.contains(ours)));
    }

    @Test
    void shouldSayWhatIsWrongWithAnOption() {
        assertEquals(2, CommandRun.of("up", "--blades", "0").status());
        assertEquals(2, CommandRun.of("up", "--redirectors", "9").status());
        assertEquals(2, CommandRun.of("up", "--blades", "30", "--spares", "3").status());
        assertEquals(2, CommandRun.of("up", "--name", "Not This").status());
        assertEquals(2, CommandRun.of("up", "--processor", "nat").status());
        assertEquals(2, CommandRun.of("up", "--port", "dpdk").status());
        assertEquals(2, CommandRun.of("up", "--oversize", "drop").status());
        assertEquals(2, CommandRun.of("up", "--backplane-mtu", "900").status());
        assertEquals(2, CommandRun.of("down", "--name", "../etc").status());
    }
}
