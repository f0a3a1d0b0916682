package io.boomerang.sim.report;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A report for people: one fact per line, names in the first column, every number with its unit.
public final class ReportText {
    private static final int NAME_WIDTH = 24;

    private final StringBuilder text = new StringBuilder();

    private ReportText() {}

    /// Lines with line ends.
    public static String of(final ReplayReport report) {
        final ReportText text = new ReportText();
        text.each("captures", report.captures());
        text.body(report);
        return text.text.toString();
    }

    /// The same for a reader who knows which captures it is about.
    public static String withoutCaptures(final ReplayReport report) {
        final ReportText text = new ReportText();
        text.body(report);
        return text.text.toString();
    }

    private void body(final ReplayReport report) {
        volume(report);
        blades(report);
        verdicts(report);
        announcements(report);
        judgement(report);
    }

    private void volume(final ReplayReport report) {
        each("damage", report.damage());
        line(
                "packets",
                String.format(
                        Locale.ROOT,
                        "%,d in %.3f s, %,.0f packets/s",
                        report.packets(),
                        report.durationSeconds(),
                        report.packetsPerSecond()));
        line("flows", String.format(Locale.ROOT, "%,d", report.flows()));
        each("events", report.events());
    }

    private void blades(final ReplayReport report) {
        final int width =
                report.blades().stream().mapToInt(blade -> blade.name().length()).max().orElse(0);
        String name = "blades";
        for (final BladeShare blade : report.blades()) {
            final String padding = " ".repeat(width - blade.name().length());
            line(
                    name,
                    String.format(
                            Locale.ROOT,
                            "%s%s %,12d flows %5.1f %% %,14d packets %5.1f %%",
                            blade.name(),
                            padding,
                            blade.flows(),
                            100 * blade.flowShare(),
                            blade.packets(),
                            100 * blade.packetShare()));
            name = "";
        }
        line(
                "busiest over mean",
                String.format(
                        Locale.ROOT,
                        "%.1f %% in flows, %.1f %% in packets",
                        100 * report.flowImbalance(),
                        100 * report.packetImbalance()));
    }

    private void verdicts(final ReplayReport report) {
        String name = "verdicts";
        for (final Map.Entry<String, Long> verdict : report.verdicts().entrySet()) {
            line(
                    name,
                    String.format(
                            Locale.ROOT, "%,14d packets %s", verdict.getValue(), verdict.getKey()));
            name = "";
        }
    }

    private void announcements(final ReplayReport report) {
        final ReplayReport.Announcements announcements = report.announcements();
        line(
                "announcements",
                String.format(
                        Locale.ROOT,
                        "%,d sent, %,d of them on packets; %,d installed",
                        announcements.sent(),
                        announcements.carried(),
                        announcements.installed()));
        line(
                "",
                String.format(
                        Locale.ROOT,
                        "%,d bytes, %.1f bytes per new flow",
                        announcements.bytes(),
                        announcements.bytesPerNewFlow()));
        line(
                "control plane",
                String.format(
                        Locale.ROOT,
                        "%,d bytes in all, with acknowledgements and bucket tables",
                        announcements.controlBytes()));
        line("latency on packets", latency(announcements.carriedLatency()));
        line("latency by cluster", latency(announcements.sentLatency()));
        if (report.machineStalls().count() > 0) {
            line("stalls of the machine", distribution(report.machineStalls()) + " at any moment");
        }
        line(
                "first return packets",
                String.format(
                        Locale.ROOT,
                        "%,d, %,d of them found no session, %,d came after its end",
                        report.firstReturns(),
                        report.firstReturnMisses(),
                        report.firstReturnsAfterEnd()));
        line(
                "detours to owners",
                String.format(
                        Locale.ROOT,
                        "%,d packets, %.2f %%; %,d waited for the blades' answers",
                        report.detours(),
                        100 * report.detourShare(),
                        report.waitedForAnswer()));
    }

    private static String latency(final Latency latency) {
        return latency.count() == 0
                ? "none measured"
                : String.format(Locale.ROOT, "%s of %,d", distribution(latency), latency.count());
    }

    private static String distribution(final Latency latency) {
        return String.format(
                Locale.ROOT,
                "p50 %,.1f us, p99 %,.1f us, max %,.1f us",
                latency.p50Us(),
                latency.p99Us(),
                latency.maxUs());
    }

    private void judgement(final ReplayReport report) {
        line(
                "flows kept",
                String.format(
                        Locale.ROOT,
                        "%,d; broken %,d; moved because their blade died %,d",
                        report.flowsKept(),
                        report.flowsBroken(),
                        report.flowsMovedByDeath()));
        if (report.brokenPromises().isEmpty()) {
            line("promises", "all kept");
        } else {
            each("BROKEN PROMISES", report.brokenPromises());
        }
    }

    private void each(final String firstName, final List<String> values) {
        String name = firstName;
        for (final String value : values) {
            line(name, value);
            name = "";
        }
    }

    private void line(final String name, final String value) {
        text.append(name)
                .append(" ".repeat(Math.max(1, NAME_WIDTH - name.length())))
                .append(value)
                .append(System.lineSeparator());
    }
}
