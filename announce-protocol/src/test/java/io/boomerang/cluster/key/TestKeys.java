package io.boomerang.cluster.key;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/// Keys that are made once for all tests of a process.
public final class TestKeys {
    private static final List<ChassisKey> MADE = new ArrayList<>();

    private TestKeys() {}

    /// Different keys for different numbers, counted from 0.
    public static synchronized ChassisKey key(final int number) {
        try {
            while (MADE.size() <= number) {
                MADE.add(ChassisKey.generate());
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return MADE.get(number);
    }
}
