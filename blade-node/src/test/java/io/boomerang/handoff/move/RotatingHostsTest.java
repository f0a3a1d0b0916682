package io.boomerang.handoff.move;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Set;

class RotatingHostsTest {
    private final RotatingHosts hosts =
            new RotatingHosts(Map.of("a", List.of(1, 2, 3), "b", List.of(4)));

    @Test
    void shouldTakeEachByTurns() {
        hosts.setLiving(Set.of(1, 2, 3, 4));

        assertEquals(1, hosts.choose("a", Set.of()));
        assertEquals(2, hosts.choose("a", Set.of()));
        assertEquals(4, hosts.choose("b", Set.of()));
        assertEquals(3, hosts.choose("a", Set.of()));
        assertEquals(1, hosts.choose("a", Set.of()));
    }

    @Test
    void shouldPassOverTheDeadAndThoseThatRefused() {
        hosts.setLiving(Set.of(1, 3));

        assertEquals(3, hosts.choose("a", Set.of(1)));
        assertEquals(1, hosts.choose("a", Set.of()));
        assertEquals(HostDirectory.NONE, hosts.choose("a", Set.of(1, 3)));
        assertEquals(HostDirectory.NONE, hosts.choose("b", Set.of()));
        assertEquals(HostDirectory.NONE, hosts.choose("c", Set.of()));
    }
}
