package io.boomerang.node.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

class SuggestionTest {
    @ParameterizedTest
    @CsvSource({
        "interface, interface, 0",
        "interfcae, interface, 1",
        "inteface,  interface, 1",
        "interfaces, interface, 1",
        "imterface, interface, 1",
        "kitten, sitting, 3",
        "'', abc, 3",
        "abc, '', 3"
    })
    void shouldCountTheLetters(final String one, final String other, final int expected) {
        assertEquals(expected, Suggestion.distance(one, other));
        assertEquals(expected, Suggestion.distance(other, one));
    }

    @Test
    void shouldFindTheNearestWordOrNone() {
        final List<String> known = List.of("node", "side", "interface");

        assertEquals("side", Suggestion.nearest("sied", known));
        assertEquals("interface", Suggestion.nearest("intreface", known));
        assertNull(Suggestion.nearest("policy", known));
        assertNull(Suggestion.nearest("x", List.of()));
    }
}
