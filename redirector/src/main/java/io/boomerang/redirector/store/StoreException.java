package io.boomerang.redirector.store;

import java.io.IOException;
import java.nio.file.Path;

/// A file of sessions that cannot be read or written. The message names the file and says why.
public final class StoreException extends IOException {
    private static final long serialVersionUID = 1L;

    StoreException(final Path file, final String reason) {
        super(file + ": " + reason);
    }

    StoreException(final Path file, final String reason, final Throwable cause) {
        super(file + ": " + reason, cause);
    }
}
