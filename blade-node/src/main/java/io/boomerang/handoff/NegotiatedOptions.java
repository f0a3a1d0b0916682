package io.boomerang.handoff;

import org.jspecify.annotations.Nullable;

/// What both ends agreed on in the handshake; nothing of it can be agreed on again.
///
/// @param mss the largest segment that the peer takes, in bytes (RFC 9293, 3.7.1)
/// @param sendScale shift of the windows that the peer states, 0 to 14 (RFC 7323); a connection
///   without window scaling has 0 both ways, and behaves alike
/// @param receiveScale shift of the windows that this end states
/// @param sackPermitted both ends may acknowledge selectively (RFC 2018)
/// @param timestamps null if segments have none
public record NegotiatedOptions(
        int mss,
        int sendScale,
        int receiveScale,
        boolean sackPermitted,
        @Nullable Timestamps timestamps) {
    public static final int MAX_SCALE = 14;

    private static final int MAX_MSS = 0xFFFF;

    public NegotiatedOptions {
        require(mss > 0 && mss <= MAX_MSS, "maximum segment size", mss);
        require(sendScale >= 0 && sendScale <= MAX_SCALE, "scale of the send window", sendScale);
        require(
                receiveScale >= 0 && receiveScale <= MAX_SCALE,
                "scale of the receive window",
                receiveScale);
    }

    private static void require(final boolean legal, final String what, final int value) {
        if (!legal) {
            throw new IllegalArgumentException(what + " is " + value);
        }
    }

    /// The clock of the timestamps option (RFC 7323). Each stack has an offset between its own
    /// clock and that of a connection; the value of the moment stands for it here, because the
    /// other stack's clock is another one.
    ///
    /// @param value what the next segment would have said when the connection was frozen
    /// @param recent the peer's newest value, to be echoed; 0 if the stack does not tell
    /// @param microseconds the clock's unit; milliseconds if not
    public record Timestamps(int value, int recent, boolean microseconds) {}
}
