package io.boomerang.blade.announcer;

/// What bounds the announcer.
///
/// @param outstandingCapacity announcements that wait for their acknowledgement at one time; beyond
///   it they are sent once and not repeated
/// @param firstRetryMs when an announcement is first repeated, in milliseconds; each further
///   interval is twice as long
/// @param lastRetryMs the longest interval, in milliseconds
/// @param tryLimit how often an announcement is sent in all
/// @param holdCells cells of 2 KiB for frames that wait under {@link AnnouncePolicy#HOLD}
/// @param holdLimitMs how long a frame waits before it is dropped, in milliseconds
/// @param embryonicPackets with which packet a flow is announced to all who have to know it
///   although it is not established; 1 announces every flow at once
public record AnnounceLimits(
        int outstandingCapacity,
        int firstRetryMs,
        int lastRetryMs,
        int tryLimit,
        int holdCells,
        int holdLimitMs,
        int embryonicPackets) {
    public static final AnnounceLimits DEFAULTS =
            new AnnounceLimits(65_536, 20, 1_000, 8, 4_096, 200, 8);

    public AnnounceLimits {
        require("outstandingCapacity", outstandingCapacity, 1, 1 << 24);
        require("firstRetryMs", firstRetryMs, 1, 10_000);
        require("lastRetryMs", lastRetryMs, firstRetryMs, 60_000);
        require("tryLimit", tryLimit, 1, 32);
        require("holdCells", holdCells, 1, 1 << 20);
        require("holdLimitMs", holdLimitMs, 1, 10_000);
        require("embryonicPackets", embryonicPackets, 1, 10_000);
    }

    public AnnounceLimits withEmbryonicPackets(final int newCount) {
        return new AnnounceLimits(
                outstandingCapacity,
                firstRetryMs,
                lastRetryMs,
                tryLimit,
                holdCells,
                holdLimitMs,
                newCount);
    }

    private static void require(
            final String field, final int value, final int least, final int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    field + " " + value + " is outside " + least + ".." + most);
        }
    }
}
