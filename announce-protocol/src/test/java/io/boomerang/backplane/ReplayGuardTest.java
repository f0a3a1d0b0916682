package io.boomerang.backplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.Seeds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;

class ReplayGuardTest {
    private final ReplayGuard guard = new ReplayGuard();

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.boomerang.announce.Seeds#seeds")
    void shouldAnswerAsASetOfAllNumbersWould(final long seed) {
        final RandomGenerator random = Seeds.random(seed);
        final Set<Long> used = new HashSet<>();
        long highest = 0;
        for (int i = 0; i < 20_000; i++) {
            final int spread = random.nextInt(10) == 0 ? 5_000 : 300;
            final long sequence = highest - spread + random.nextInt(spread + 50);
            final boolean expected =
                    sequence > 0 && sequence > highest - ReplayGuard.WINDOW && used.add(sequence);
            highest = Math.max(highest, expected ? sequence : 0);

            assertEquals(expected, guard.take(7, 3, sequence), "sequence " + sequence);
        }
    }

    @Test
    void shouldForgetEverythingWithANewIncarnationAndRefuseTheOldOne() {
        assertTrue(guard.take(1, 0xFFFF, 5));
        assertTrue(guard.take(1, 0, 5));

        assertFalse(guard.take(1, 0xFFFF, 6));
        assertFalse(guard.take(1, 0, 5));
        assertTrue(guard.take(1, 0, 4));
    }

    @Test
    void shouldBelieveTheViewAboutAnIncarnation() {
        assertTrue(guard.take(1, 9, 1));

        guard.expect(1, 2);

        assertTrue(guard.take(1, 2, 1));
        guard.expect(1, 2);
        assertFalse(guard.take(1, 2, 1));
        guard.expect(2, 8);
        assertFalse(guard.take(2, 7, 1));
    }

    @Test
    void shouldKeepNodesApart() {
        assertTrue(guard.take(1, 0, 1));
        assertTrue(guard.take(2, 0, 1));
        assertFalse(guard.take(1, 0, 1));
    }
}
