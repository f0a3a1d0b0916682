package io.boomerang.handoff.kernel;

import java.io.IOException;

/// The kernel refused a call. The message names the call and the reason.
public final class KernelException extends IOException {
    private static final long serialVersionUID = 1;

    private final int errno;

    KernelException(final String call, final int errno, final String reason) {
        super(call + ": " + reason + " (errno " + errno + ")");
        this.errno = errno;
    }

    /// As in asm-generic/errno.h.
    public int errno() {
        return errno;
    }
}
