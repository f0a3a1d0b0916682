package io.boomerang.sim.replay;

/// How fast packets follow each other.
///
/// @param factor times the speed of the capture; infinite: as fast as the chassis takes them
public record ReplaySpeed(double factor) {
    public static final ReplaySpeed ORIGINAL = new ReplaySpeed(1);
    public static final ReplaySpeed MAX = new ReplaySpeed(Double.POSITIVE_INFINITY);

    public ReplaySpeed {
        if (!(factor > 0)) {
            throw new IllegalArgumentException("speed " + factor + " is not positive");
        }
    }

    /// Reads `original`, `max` or a number.
    ///
    /// @throws IllegalArgumentException with a message for users
    public static ReplaySpeed parse(final String text) {
        return switch (text) {
            case "original" -> ORIGINAL;
            case "max" -> MAX;
            default -> {
                try {
                    yield new ReplaySpeed(Double.parseDouble(text));
                } catch (final NumberFormatException e) {
                    throw new IllegalArgumentException(
                            "expected original, max or a number, found '" + text + "'", e);
                }
            }
        };
    }

    public boolean isUnlimited() {
        return Double.isInfinite(factor);
    }
}
