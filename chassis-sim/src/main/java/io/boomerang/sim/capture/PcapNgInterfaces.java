package io.boomerang.sim.capture;

import java.util.Arrays;

/// The interfaces of one section of a pcapng file. Later sections begin with none, while the
/// numbers that users see go on counting.
final class PcapNgInterfaces {
    /// Far more than any capture has; a file that describes more is taken for damaged.
    static final int MAX_PER_SECTION = 1 << 16;

    static final int MICROSECONDS = 6;

    private static final int POWER_OF_TWO_BIT = 0x80;
    private static final int EXPONENT_MASK = 0x7F;
    private static final long NS_PER_SECOND = 1_000_000_000L;
    private static final int NS_EXPONENT = 9;
    private static final long[] POWERS_OF_TEN = new long[19];

    static {
        POWERS_OF_TEN[0] = 1;
        for (int i = 1; i < POWERS_OF_TEN.length; i++) {
            POWERS_OF_TEN[i] = POWERS_OF_TEN[i - 1] * 10;
        }
    }

    private int[] linkTypes = new int[8];
    private int[] snapLengths = new int[8];
    private byte[] resolutions = new byte[8];
    private long[] offsetsSeconds = new long[8];
    private int count;
    private int countBefore;

    void beginSection() {
        countBefore += count;
        count = 0;
    }

    void add(
            final int linkType,
            final int snapLength,
            final int resolution,
            final long offsetSeconds) {
        if (count == linkTypes.length) {
            linkTypes = Arrays.copyOf(linkTypes, count * 2);
            snapLengths = Arrays.copyOf(snapLengths, count * 2);
            resolutions = Arrays.copyOf(resolutions, count * 2);
            offsetsSeconds = Arrays.copyOf(offsetsSeconds, count * 2);
        }
        linkTypes[count] = linkType;
        snapLengths[count] = snapLength;
        resolutions[count] = (byte) resolution;
        offsetsSeconds[count] = offsetSeconds;
        count++;
    }

    int count() {
        return count;
    }

    /// The number of an interface of this section, counted over the whole file.
    int globalId(final int id) {
        return countBefore + id;
    }

    int linkType(final int id) {
        return linkTypes[id];
    }

    /// Longest packet of the interface; 0 when unlimited. Unsigned.
    int snapLength(final int id) {
        return snapLengths[id];
    }

    /// Converts a time stamp of 64 bits without sign. Times that nanoseconds since 1970 cannot
    /// express become the nearest that they can.
    long timestampNs(final int id, final long timestamp) {
        final long ns = toNs(timestamp, resolutions[id]);
        final long offsetSeconds = offsetsSeconds[id];
        return offsetSeconds == 0 ? ns : plusSeconds(ns, offsetSeconds);
    }

    private static long toNs(final long timestamp, final byte resolution) {
        final int exponent = resolution & EXPONENT_MASK;
        if ((resolution & POWER_OF_TWO_BIT) != 0) {
            return fractionOfTwo(timestamp, exponent);
        }
        if (exponent <= NS_EXPONENT) {
            final long factor = POWERS_OF_TEN[NS_EXPONENT - exponent];
            final long product = timestamp * factor;
            return Math.unsignedMultiplyHigh(timestamp, factor) != 0 || product < 0
                    ? Long.MAX_VALUE
                    : product;
        }
        final int excess = exponent - NS_EXPONENT;
        if (excess < POWERS_OF_TEN.length) {
            return saturated(Long.divideUnsigned(timestamp, POWERS_OF_TEN[excess]));
        }
        return excess == POWERS_OF_TEN.length
                ? Long.divideUnsigned(timestamp, POWERS_OF_TEN[excess - 1]) / 10
                : 0;
    }

    private static long fractionOfTwo(final long timestamp, final int exponent) {
        final long high = Math.unsignedMultiplyHigh(timestamp, NS_PER_SECOND);
        final long low = timestamp * NS_PER_SECOND;
        if (exponent >= Long.SIZE) {
            return high >>> exponent - Long.SIZE;
        }
        if (exponent == 0) {
            return high != 0 || low < 0 ? Long.MAX_VALUE : low;
        }
        return high >>> exponent != 0
                ? Long.MAX_VALUE
                : saturated(high << Long.SIZE - exponent | low >>> exponent);
    }

    private static long saturated(final long unsigned) {
        return unsigned < 0 ? Long.MAX_VALUE : unsigned;
    }

    private static long plusSeconds(final long ns, final long seconds) {
        final long high = Math.multiplyHigh(seconds, NS_PER_SECOND);
        final long product = seconds * NS_PER_SECOND;
        if (high != product >> 63) {
            return seconds < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
        final long sum = ns + product;
        if (((ns ^ sum) & (product ^ sum)) < 0) {
            return seconds < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
        return sum;
    }
}
