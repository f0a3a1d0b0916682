package io.boomerang.linux;

import java.io.IOException;

/// The kernel refused a system call. The message names the call and the reason in the kernel's
/// words.
public final class SystemCallException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    SystemCallException(final String call, final int errno, final String reason) {
        super(call + ": " + reason + " (errno " + errno + ")");
        this.errno = errno;
    }

    /// Why, as one of {@link Errno}'s numbers.
    public int errno() {
        return errno;
    }
}
