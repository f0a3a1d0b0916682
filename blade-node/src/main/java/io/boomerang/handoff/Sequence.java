package io.boomerang.handoff;

/// Sequence numbers of TCP: 32 bits that wrap around (RFC 9293, 3.4). A number is after another if
/// it is less than half of the circle ahead of it.
public final class Sequence {
    private Sequence() {}

    public static boolean isAfter(final int number, final int other) {
        return number - other > 0;
    }

    public static boolean isBefore(final int number, final int other) {
        return number - other < 0;
    }

    /// The later of two.
    public static int later(final int number, final int other) {
        return isAfter(number, other) ? number : other;
    }
}
