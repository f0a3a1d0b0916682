package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.sim.lab.Lab;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;

/// Blades whose devices are kernels, with a firewall that denies by default and picks up no
/// connection in mid-stream, in a chassis that changes.
///
/// `-Ddownloads=2000` sets the number of downloads meanwhile.
class KernelChassisIT {
    private static final String NAME = "kn" + ProcessHandle.current().pid();
    private static final int DOWNLOADS = Integer.getInteger("downloads", 200);
    private static final int FEW_DOWNLOADS = 12;
    private static final int CLIENTS = 3;
    private static final int PATIENCE_S = 60;
    private static final int SHORT_PATIENCE_S = 10;

    private final Lab lab = new Lab(NAME);
    @TempDir private Path directory = Path.of("");

    @AfterEach
    void removeWhatIsLeft() throws Exception {
        if (LabGuests.isRoot()) {
            lab.remove();
        }
    }

    private LabGuests up(final String processor) throws Exception {
        return LabGuests.withKernels(
                lab,
                directory,
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
    private static List<String> downloadWhileTheChassisChanges(
            final LabGuests guests, final int count, final int clients, final int patienceS)
            throws Exception {
        final ChassisChanges changes =
                new ChassisChanges()
                        .after(count / 5, () -> guests.join("blade-5"))
                        .after(2 * count / 5, () -> guests.signal("blade-1", "TERM"))
                        .after(3 * count / 5, () -> guests.signal("egress-2", "KILL"));
        final List<String> downloads = guests.download(count, clients, patienceS, changes.done());
        changes.await();
        return downloads;
    }

    @Test
    void shouldServeClientsThroughKernelFirewallsWhileTheChassisChanges() throws Exception {
        final LabGuests guests = up("kernel");

        guests.assertWhole(downloadWhileTheChassisChanges(guests, DOWNLOADS, CLIENTS, PATIENCE_S));

        UpCommandIT.eventually()
                .until(() -> guests.log("blade-1").contains("blade=blade-1 stopped, drained=true"));
    }

    /// The same changes, the same checks: without announcements, and with answers that find their
    /// blade by nothing else, they fail.
    @Test
    void shouldBreakFlowsThatNobodyAnnounces() throws Exception {
        final LabGuests guests = up("kernel-masquerade-silent");

        final List<String> downloads =
                downloadWhileTheChassisChanges(
                        guests, FEW_DOWNLOADS, FEW_DOWNLOADS, SHORT_PATIENCE_S);

        final long whole = downloads.stream().filter(guests::isWhole).count();
        assertTrue(whole < FEW_DOWNLOADS, whole + " downloads were whole");
    }
}
