package io.boomerang.sim.capture;

import java.io.IOException;
import java.nio.file.Path;

/// A file cannot be read as a capture at all. The message names the file and says why.
public final class CaptureException extends IOException {
    private static final long serialVersionUID = 1L;

    CaptureException(final Path file, final String problem) {
        super(file + ": " + problem);
    }

    CaptureException(final Path file, final String problem, final IOException cause) {
        super(file + ": " + problem, cause);
    }
}
