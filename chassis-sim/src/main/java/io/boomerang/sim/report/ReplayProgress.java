package io.boomerang.sim.report;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

import org.jspecify.annotations.Nullable;

import java.io.Console;

/// A progress bar on stderr, while somebody watches. One thread steps it; the bar has a thread of
/// its own that draws.
public final class ReplayProgress implements AutoCloseable {
    private static final long BYTES_PER_MEBIBYTE = 1 << 20;
    private static final int REDRAW_MS = 250;

    private final @Nullable ProgressBar bar;

    private ReplayProgress(final @Nullable ProgressBar bar) {
        this.bar = bar;
    }

    /// A bar if `wanted` or if a terminal is there to show it, else one that does nothing.
    ///
    /// @param totalBytes of all files; unknown when 0
    public static ReplayProgress start(final boolean wanted, final long totalBytes) {
        if (!wanted && !isTerminal()) {
            return new ReplayProgress(null);
        }
        return new ReplayProgress(
                new ProgressBarBuilder()
                        .setTaskName("replay")
                        .setInitialMax(totalBytes == 0 ? -1 : totalBytes)
                        .setUnit(" MiB", BYTES_PER_MEBIBYTE)
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

    /// Whether anything is shown; when not, nobody needs to find out how far the replay is.
    public boolean isShown() {
        return bar != null;
    }

    /// Bytes of all files that were read so far.
    public void stepTo(final long bytes) {
        if (bar != null) {
            bar.stepTo(bytes);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
