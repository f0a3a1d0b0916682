package io.boomerang.handoff;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;

/// The seeds of property tests; `-Dseed=` replays one, `-Dseeds=` says how many.
public final class Seeds {
    private static final int COUNT = 50;

    private Seeds() {}

    public static LongStream seeds() {
        return seeds(Integer.getInteger("seeds", COUNT));
    }

    public static LongStream seeds(final int count) {
        final Long replayed = Long.getLong("seed");
        return replayed != null ? LongStream.of(replayed) : LongStream.range(0, count);
    }

    public static RandomGenerator random(final long seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }
}
