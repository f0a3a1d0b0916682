package io.boomerang.sim.flood;

import io.boomerang.sim.flood.FloodReport.PhaseFigures;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.Function;

/// A report as people read it: a column for each phase.
public final class FloodText {
    private static final double BYTES_PER_MEBIBYTE = 1 << 20;

    private FloodText() {}

    /// Prints plan and report.
    public static void print(
            final FloodPlan plan, final FloodReport report, final PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%s flood of %,d packets/s from spoofed sources, %s; %,d established connections"
                        + " with %,d packets/s.%n"
                        + "%d redirectors a side, %d blades, announcements %s%s. Seed %d.%n%n",
                plan.attack(),
                (long) plan.packetsPerSecond() * plan.factor(),
                plan.answered() ? "each answered once" : "not answered",
                plan.connections(),
                plan.packetsPerSecond(),
                plan.redirectors(),
                plan.blades(),
                plan.announce().name().toLowerCase(Locale.ROOT),
                plan.embryonicPackets() == 1
                        ? ""
                        : ", put off until packet " + plan.embryonicPackets(),
                plan.seed());
        row(report, out, "", phase -> phase.phase().label());
        row(report, out, "seconds", phase -> whole(phase.seconds()));
        out.println("established connections");
        row(report, out, "  packets", phase -> whole(phase.sent()));
        row(report, out, "  packets lost", phase -> whole(phase.lost()));
        out.println("new connections");
        row(report, out, "  begun", phase -> whole(phase.opened()));
        row(report, out, "  completed at once", phase -> whole(phase.completed()));
        out.println("attack");
        row(report, out, "  packets and answers", phase -> whole(phase.floodPackets()));
        row(report, out, "  crossed the chassis", phase -> whole(phase.floodCrossed()));
        out.println("control messages a second");
        row(report, out, "  urgent", phase -> whole(phase.urgent() / phase.seconds()));
        row(report, out, "  deferrable", phase -> whole(phase.deferrable() / phase.seconds()));
        out.printf(Locale.ROOT, "fullest session table, of %,d%n", plan.sessions());
        row(report, out, "  sessions", phase -> whole(phase.state().sessions()));
        row(report, out, "  embryonic", phase -> whole(phase.state().embryonicSessions()));
        out.printf(Locale.ROOT, "fullest marker table, of %,d%n", plan.markers());
        row(report, out, "  markers", phase -> whole(phase.state().markers()));
        row(report, out, "  embryonic", phase -> whole(phase.state().embryonicMarkers()));
        out.println("waiting");
        row(report, out, "  for acknowledgement", phase -> whole(phase.state().outstanding()));
        row(report, out, "  behind urgent ones", phase -> whole(phase.state().deferred()));
        out.println("memory of the process");
        row(report, out, "  heap, MiB", phase -> mebibytes(phase.state().heapBytes()));
        row(report, out, "  resident, MiB", phase -> mebibytes(phase.state().residentBytes()));
        out.println();
        out.println("Limits that were reached during the flood");
        report.limits()
                .forEach((name, count) -> {
                    if (count > 0) {
                        out.printf(Locale.ROOT, "  %-46s %,12d%n", name, count);
                    }
                });
        out.println();
        report.violations().forEach(violation -> out.println("broken: " + violation));
        out.println(
                report.violations().isEmpty()
                        ? "Promises: all kept"
                        : "Promises: " + report.violations().size() + " broken");
        out.flush();
    }

    private static void row(
            final FloodReport report,
            final PrintWriter out,
            final String name,
            final Function<PhaseFigures, String> figure) {
        out.printf(Locale.ROOT, "%-24s", name);
        report.phases().forEach(phase -> out.printf(Locale.ROOT, " %12s", figure.apply(phase)));
        out.println();
    }

    private static String whole(final long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String mebibytes(final long bytes) {
        return bytes < 0 ? "-" : String.format(Locale.ROOT, "%,.1f", bytes / BYTES_PER_MEBIBYTE);
    }
}
