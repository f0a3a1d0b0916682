package io.boomerang.handoff;

/// Both windows of a connection in bytes, already scaled (RFC 9293, 3.3.1).
///
/// @param lastUpdate sequence number of the segment that stated the send window (SND.WL1)
/// @param send what the peer takes, from the oldest unacknowledged byte on (SND.WND)
/// @param largestSend the largest window that the peer ever stated
/// @param receive what this end has offered, from `offeredAt` on (RCV.WND)
/// @param offeredAt the acknowledgement number that went with the offer
public record Windows(int lastUpdate, int send, int largestSend, int receive, int offeredAt) {
    /// 65,535 shifted by 14 (RFC 7323, 2.3).
    public static final int MAX_WINDOW = 0xFFFF << NegotiatedOptions.MAX_SCALE;

    public Windows {
        if (send < 0 || largestSend < send || largestSend > MAX_WINDOW) {
            throw new IllegalArgumentException(
                    "send window is " + send + ", the largest so far " + largestSend);
        }
        if (receive < 0 || receive > MAX_WINDOW) {
            throw new IllegalArgumentException("receive window is " + receive);
        }
    }

    /// The same right edge, offered no later than at `number`.
    public Windows offeredBy(final int number) {
        final int early = offeredAt - number;
        return early <= 0
                ? this
                : new Windows(lastUpdate, send, largestSend, receive + early, number);
    }
}
