package io.boomerang.port;

import java.io.IOException;

/// A port cannot be opened. The message names the interface and what is missing.
public final class PortException extends IOException {
    private static final long serialVersionUID = 1L;

    PortException(final String device, final String reason) {
        super("port " + device + ": " + reason);
    }

    PortException(final String device, final String reason, final Throwable cause) {
        super("port " + device + ": " + reason + " (" + cause.getMessage() + ")", cause);
    }
}
