package io.boomerang.sim.report;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

import org.jspecify.annotations.Nullable;

import java.io.Console;

/// A progress bar on stderr, while somebody watches. One thread steps it; the bar has a thread of
/// its own that draws.
public final class Progress implements AutoCloseable {
    private static final long BYTES_PER_MEBIBYTE = 1 << 20;
    private static final int REDRAW_MS = 250;

    private final @Nullable ProgressBar bar;

    private Progress(final @Nullable ProgressBar bar) {
        this.bar = bar;
    }

    /// A bar for a replay if `wanted` or if a terminal is there to show it, else one that does
    /// nothing.
    ///
    /// @param totalBytes of all files; unknown when 0
    public static Progress ofBytes(final boolean wanted, final long totalBytes) {
        return start(wanted, "replay", totalBytes, " MiB", BYTES_PER_MEBIBYTE);
    }

    /// The same for runs.
    public static Progress ofRuns(final boolean wanted, final long runs) {
        return start(wanted, "chaos", runs, " runs", 1);
    }

    /// The same for the packets of a flood.
    public static Progress ofPackets(final boolean wanted, final long packets) {
        return start(wanted, "flood", packets, " packets", 1);
    }

    private static Progress start(
            final boolean wanted,
            final String task,
            final long total,
            final String unit,
            final long unitSize) {
        if (!wanted && !isTerminal()) {
            return new Progress(null);
        }
        return new Progress(
                new ProgressBarBuilder()
                        .setTaskName(task)
                        .setInitialMax(total == 0 ? -1 : total)
                        .setUnit(unit, unitSize)
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis(REDRAW_MS)
                        .clearDisplayOnFinish()
                        .build());
    }

    @SuppressWarnings("SystemConsoleNull") // JDK 25 answers null again where no terminal is
    private static boolean isTerminal() {
        final Console console = System.console();
        return console != null && console.isTerminal();
    }

    /// Whether anything is shown; when not, nobody needs to find out how far the work is.
    public boolean isShown() {
        return bar != null;
    }

    /// How much is done.
    public void stepTo(final long done) {
        if (bar != null) {
            bar.stepTo(done);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
