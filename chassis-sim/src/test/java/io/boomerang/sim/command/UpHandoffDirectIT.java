package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.sim.lab.HandoffHosts;
import io.boomerang.sim.lab.Lab;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.List;

/// Hosts of hand-offs that answer clients by ports of their own: what clients send crosses a
/// redirector, and what they get does not.
class UpHandoffDirectIT {
    private static final String NAME = "hd" + ProcessHandle.current().pid();
    private static final int BODY_BYTES = 100 << 20;
    private static final int LONGEST_PAYLOAD = 1_460;
    private static final List<String> HOSTS = List.of("blade-2", "blade-3");

    private static final Lab LAB = new Lab(NAME);

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
                        "up", "--name", NAME, "--processor", "handoff-direct", "--blades", "3");
        assertEquals(0, up.status(), up.err());
    }

    @AfterAll
    static void remove() throws Exception {
        if (LabGuests.isRoot()) {
            LAB.remove();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {HandoffHosts.ADDRESS, "[" + HandoffHosts.ADDRESS6 + "]"})
    void shouldAnswerPastTheRedirector(final String address) throws Exception {
        final Path file = directory.resolve("download");
        final long redirected = sent("ingress-1", "outside");
        final long direct = sent(HOSTS.getFirst(), "return0");
        final long other = sent(HOSTS.getLast(), "return0");
        client.watch();

        client.curl("-o", file.toString(), "http://" + address + "/tour/" + BODY_BYTES);

        HandoffClient.assertWhole(file, BODY_BYTES);
        client.assertWatched(1);
        final int packets = BODY_BYTES / LONGEST_PAYLOAD;
        final long byFirst = sent(HOSTS.getFirst(), "return0") - direct;
        final long bySecond = sent(HOSTS.getLast(), "return0") - other;
        assertTrue(byFirst + bySecond >= packets, byFirst + " and " + bySecond);
        assertTrue(byFirst > packets / 4 && bySecond > packets / 4, byFirst + " and " + bySecond);
        assertTrue(sent("ingress-1", "outside") - redirected < 100);
    }

    private static long sent(final String host, final String card) throws Exception {
        return Long.parseLong(
                guests.run(host, "cat", "/sys/class/net/" + card + "/statistics/tx_packets")
                        .strip());
    }
}
