package io.boomerang.handoff.endpoint;

/// What an endpoint offers in its handshake, and how much memory it takes.
///
/// @param mss the largest segment it takes and sends, in bytes
/// @param sendCapacityBytes rounded up to a power of two
/// @param receiveCapacityBytes rounded up to a power of two; its scale follows from it
/// @param noDelay small segments are not held back
public record EndpointConfig(
        int mss,
        int sendCapacityBytes,
        int receiveCapacityBytes,
        boolean windowScaling,
        boolean sack,
        boolean timestamps,
        boolean noDelay) {
    /// Ethernet without jumbo frames, IPv4; 256 KiB each way.
    public static final EndpointConfig DEFAULTS =
            new EndpointConfig(1_460, 1 << 18, 1 << 18, true, true, true, false);

    private static final int LEAST_MSS = 88;
    private static final int MOST_MSS = 32_767;
    private static final int MOST_CAPACITY = 1 << 29;

    public EndpointConfig {
        if (mss < LEAST_MSS || mss > MOST_MSS) {
            throw new IllegalArgumentException(
                    "mss " + mss + " is not from " + LEAST_MSS + " to " + MOST_MSS);
        }
        requireCapacity("sendCapacityBytes", sendCapacityBytes, mss);
        requireCapacity("receiveCapacityBytes", receiveCapacityBytes, mss);
    }

    private static void requireCapacity(final String what, final int bytes, final int mss) {
        if (bytes < 2 * mss || bytes > MOST_CAPACITY) {
            throw new IllegalArgumentException(
                    what + " " + bytes + " is not from two segments to " + MOST_CAPACITY);
        }
    }
}
