package io.boomerang.handoff.front;

import java.util.Locale;

/// What has become of clients so far.
///
/// @param accepted connections
/// @param given to a host
/// @param decidedLate because the client took too long to say what it wants
/// @param decidedFull because it said too much without saying that
/// @param decidedEarly because too many others were waited for
/// @param closed by the client before it was decided on
/// @param retried because the connection could not be moved at that moment
/// @param resetUnmovable connections that could not be moved at all
/// @param resetUnserved connections for whose service there was no host
/// @param resetRefused connections that no host took
/// @param resetLost connections that a host perhaps had when it died
/// @param acceptRefused times at which the kernel had no descriptor or memory for a connection
/// @param waiting connections that are waited for now
/// @param buffered bytes of theirs that were read
public record FrontCounters(
        long accepted,
        long given,
        long decidedLate,
        long decidedFull,
        long decidedEarly,
        long closed,
        long retried,
        long resetUnmovable,
        long resetUnserved,
        long resetRefused,
        long resetLost,
        long acceptRefused,
        int waiting,
        long buffered) {
    /// For a log.
    public String summary() {
        return String.format(
                Locale.ROOT,
                "accepted=%d given=%d late=%d full=%d early=%d closed=%d retried=%d unmovable=%d"
                    + " unserved=%d refused=%d lost=%d accept_refused=%d waiting=%d buffered=%d",
                accepted,
                given,
                decidedLate,
                decidedFull,
                decidedEarly,
                closed,
                retried,
                resetUnmovable,
                resetUnserved,
                resetRefused,
                resetLost,
                acceptRefused,
                waiting,
                buffered);
    }
}
