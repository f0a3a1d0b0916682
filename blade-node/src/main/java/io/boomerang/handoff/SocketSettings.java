package io.boomerang.handoff;

/// What the application chose for its socket. Buffers that nobody fixed are the stack's to resize.
///
/// @param sendBufferBytes 0 if the stack is to choose
/// @param receiveBufferBytes 0 if the stack is to choose
/// @param sendBufferFixed the application asked for this size
/// @param receiveBufferFixed the application asked for this size
/// @param noDelay small segments are not held back (RFC 9293, 3.7.4)
/// @param keepAlive an idle peer is asked whether it is still there
/// @param userTimeoutMs how long data may stay unacknowledged (RFC 5482); 0 is the stack's own
///   limit
public record SocketSettings(
        int sendBufferBytes,
        int receiveBufferBytes,
        boolean sendBufferFixed,
        boolean receiveBufferFixed,
        boolean noDelay,
        boolean keepAlive,
        int userTimeoutMs) {
    /// Everything left to the stack.
    public static final SocketSettings DEFAULTS =
            new SocketSettings(0, 0, false, false, false, false, 0);

    public SocketSettings {
        if (sendBufferBytes < 0 || receiveBufferBytes < 0) {
            throw new IllegalArgumentException(
                    "buffers have " + sendBufferBytes + " and " + receiveBufferBytes + " bytes");
        }
        if (userTimeoutMs < 0) {
            throw new IllegalArgumentException("user timeout is " + userTimeoutMs + " ms");
        }
    }
}
