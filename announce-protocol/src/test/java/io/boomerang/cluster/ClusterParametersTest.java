package io.boomerang.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.boomerang.flow.FlowRules;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.stream.Stream;

class ClusterParametersTest {
    private static final ClusterParameters ONE =
            new ClusterParameters(1, 2, 1_024, new FlowRules(false, false));

    @Test
    void shouldGiveEqualParametersTheSameDigestOnEveryMachine() {
        assertEquals(0x89fd55586857a757L, ONE.digest());
    }

    @Test
    void shouldGiveEveryDifferenceAnotherDigest() {
        final long digests =
                Stream.of(
                                ONE,
                                new ClusterParameters(2, 1, 1_024, new FlowRules(false, false)),
                                new ClusterParameters(1, 3, 1_024, new FlowRules(false, false)),
                                new ClusterParameters(1, 2, 2_048, new FlowRules(false, false)),
                                new ClusterParameters(1, 2, 1_024, new FlowRules(true, false)),
                                new ClusterParameters(1, 2, 1_024, new FlowRules(false, true)))
                        .map(ClusterParameters::digest)
                        .distinct()
                        .count();

        assertEquals(6, digests);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE, 3, 65_537, 1 << 21})
    void shouldRefuseBucketCounts(final int bucketCount) {
        assertThrows(
                IllegalArgumentException.class,
                () -> new ClusterParameters(1, 2, bucketCount, FlowRules.DEFAULTS));
    }

    @Test
    void shouldKeepItsHashKeyToItself() {
        final String text =
                new ClusterParameters(123_456_789, 0x1234_5678, 1_024, FlowRules.DEFAULTS)
                        .toString();

        assertFalse(text.contains("123456789"), text);
        assertFalse(text.contains("12345678"), text);
    }
}
