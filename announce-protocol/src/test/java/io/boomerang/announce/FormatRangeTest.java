package io.boomerang.announce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class FormatRangeTest {
    private final FormatRange twoToThree = new FormatRange(2, 3);

    @Test
    void shouldFindWhatBothSpeak() {
        assertEquals(new FormatRange(2, 2), new FormatRange(1, 2).common(twoToThree));
        assertEquals(new FormatRange(2, 2), twoToThree.common(new FormatRange(1, 2)));
        assertNull(FormatRange.FIRST_RELEASE.common(twoToThree));
        assertNull(twoToThree.common(FormatRange.FIRST_RELEASE));
    }

    @Test
    void shouldReadTheFormatOfThePreviousRelease() {
        assertEquals(1, FormatRange.CURRENT.newest() - FormatRange.CURRENT.oldest());
    }

    @Test
    void shouldRefuseWhatIsNoRange() {
        assertThrows(IllegalArgumentException.class, () -> new FormatRange(0, 1));
        assertThrows(IllegalArgumentException.class, () -> new FormatRange(2, 1));
        assertThrows(IllegalArgumentException.class, () -> new FormatRange(1, 256));
    }
}
