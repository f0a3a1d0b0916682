package io.boomerang.linux;

import java.io.IOException;

/// The kernel refused a system call. The message names the call and the reason in the kernel's
/// words.
public final class SystemCallException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    private SystemCallException(final String call, final int errno, final String reason) {
        super(call + ": " + reason + " (errno " + errno + ")");
        this.errno = errno;
    }

    /// The kernel's reason for not doing what the call was for.
    ///
    /// @param errno one of {@link Errno}'s numbers
    public static SystemCallException of(final String call, final int errno) {
        return new SystemCallException(call, errno, NativeFunction.describe(errno));
    }

    /// Why, as one of {@link Errno}'s numbers.
    public int errno() {
        return errno;
    }
}
