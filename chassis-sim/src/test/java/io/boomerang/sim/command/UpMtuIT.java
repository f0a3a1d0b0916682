package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.sim.lab.Lab;
import io.boomerang.sim.lab.LabPlan;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Packets that do not fit the backplane, and a path whose next link is small.
class UpMtuIT {
    private static final String NAME = "mtu" + ProcessHandle.current().pid();
    private static final int FILE_BYTES = 300_000;
    private static final int DOWNLOADS = 10;

    /// 1,500 bytes less IPv4, UDP, the tag of the chassis, the usual steering header, and Ethernet
    /// with a VLAN tag.
    private static final int FITS = 1_500 - 20 - 8 - 24 - 24 - 18;

    /// IPv4 and ICMP headers.
    private static final int PING_HEADERS = 28;

    private final Lab lab = new Lab(NAME);
    @TempDir private Path directory = Path.of("");

    @AfterEach
    void removeWhatIsLeft() throws Exception {
        if (LabGuests.isRoot()) {
            lab.remove();
        }
    }

    private LabGuests up(final String... options) {
        LabGuests.require("ip", "ping", "setsid", "nginx", "curl", "ss");
        final String[] all = new String[options.length + 5];
        System.arraycopy(new String[] {"up", "--name", NAME, "--blades", "1"}, 0, all, 0, 5);
        System.arraycopy(options, 0, all, 5, options.length);
        final CommandRun up = CommandRun.of(all);
        assertEquals(0, up.status(), up.err());
        return new LabGuests(lab, NAME, directory);
    }

    private void assertServes(final LabGuests guests) throws Exception {
        guests.serveFile(FILE_BYTES);
        guests.assertWhole(guests.download(DOWNLOADS, new AtomicInteger()));
    }

    @Test
    void shouldRefuseToStartWhereFramesDoNotFit() {
        LabGuests.require("ip", "setsid");

        final CommandRun up =
                CommandRun.of("up", "--name", NAME, "--blades", "1", "--backplane-mtu", "1500");

        assertEquals(1, up.status());
        assertTrue(
                up.err()
                        .contains(
                                "backplane.mtu: 1500 does not carry the 1500 bytes that packets of"
                                        + " interface outside may have"),
                up.err());
        assertTrue(up.err().contains("backplane.oversize: fragment"), up.err());
    }

    @Test
    void shouldTellSendersOfTheSizeThatFits() throws Exception {
        final LabGuests guests = up("--backplane-mtu", "1500", "--oversize", "too-big");

        assertServes(guests);
        final String back =
                guests.run(LabPlan.SERVER, "ip", "route", "get", LabPlan.CLIENT_ADDRESS);
        assertTrue(back.contains("mtu " + FITS), "the server has not been told: " + back);

        final String ping4 =
                guests.output(
                        LabPlan.CLIENT,
                        List.of("ping", "-c2", "-W2", "-Mdo", "-s1472", LabPlan.SERVER_ADDRESS));
        assertTrue(ping4.contains("mtu = " + FITS) || ping4.contains("mtu=" + FITS), ping4);
        guests.run(
                LabPlan.CLIENT,
                "ping",
                "-c1",
                "-Mdo",
                "-s" + (FITS - PING_HEADERS),
                LabPlan.SERVER_ADDRESS);
        guests.output(
                LabPlan.CLIENT,
                List.of("ping", "-c2", "-W2", "-Mdo", "-s1452", LabPlan.SERVER_ADDRESS6));
        final String route6 =
                guests.run(LabPlan.CLIENT, "ip", "-6", "route", "get", LabPlan.SERVER_ADDRESS6);
        assertTrue(route6.contains("mtu " + FITS), route6);
    }

    @Test
    void shouldCarryLongFramesInFragmentsAndClampSegments() throws Exception {
        final LabGuests guests =
                up("--backplane-mtu", "1500", "--oversize", "fragment", "--clamp-mss");

        for (final String address : List.of(LabPlan.SERVER_ADDRESS, LabPlan.SERVER_ADDRESS6)) {
            guests.run(LabPlan.CLIENT, "ping", "-c3", "-Mdo", "-s1452", address);
        }
        assertServes(guests);
        guests.run(LabPlan.CLIENT, "sysctl", "-qw", "net.ipv4.tcp_timestamps=0");
        final Process keptOpen =
                guests.start(
                        LabPlan.CLIENT,
                        "curl",
                        "--silent",
                        "--limit-rate",
                        "10k",
                        "http://" + LabPlan.SERVER_ADDRESS + "/file");
        try {
            UpCommandIT.eventually()
                    .untilAsserted(() -> {
                        final String sockets =
                                guests.run(LabPlan.SERVER, "ss", "-tinH", "state", "established");
                        assertTrue(sockets.contains(" mss:" + (FITS - 40) + " "), sockets);
                    });
        } finally {
            keptOpen.destroyForcibly();
        }
    }

    /// What the client sends is too big for the router behind the chassis, whose ICMP error has to
    /// find the way back to the flow's blade.
    @Test
    void shouldFindThePathsMtuBehindASmallLink() throws Exception {
        final LabGuests guests = up();
        final SmallLink link = SmallLink.behind(guests, LabPlan.SERVER);

        final String ping =
                guests.output(
                        LabPlan.CLIENT,
                        List.of("ping", "-c2", "-W2", "-Mdo", "-s1472", link.address()));

        assertTrue(ping.contains("mtu = 1300") || ping.contains("mtu=1300"), ping);
        final String route = guests.run(LabPlan.CLIENT, "ip", "route", "get", link.address());
        assertTrue(route.contains("mtu 1300"), route);
    }
}
