package io.boomerang.bpf;

import java.io.IOException;

/// The kernel does not take a program. The message has what its verifier says.
public final class ProgramRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    ProgramRefusedException(final String program, final IOException cause, final String log) {
        super("program " + program + ": " + cause.getMessage() + "\n" + log.strip(), cause);
    }
}
