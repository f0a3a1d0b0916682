package io.boomerang.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.List;

class DatagramKeyTest {
    private static final FlowHash HASH = new FlowHash(1, 2);

    @Test
    void shouldDifferInEveryField() {
        final List<DatagramKey> keys =
                List.of(
                        ipv4(1, 2, 17, 3),
                        ipv4(2, 1, 17, 3),
                        ipv4(9, 2, 17, 3),
                        ipv4(1, 2, 6, 3),
                        ipv4(1, 2, 17, 4),
                        ipv4(1, 2, 0, 3),
                        ipv6(0, 1, 0, 2, 3),
                        ipv6(0, 2, 0, 1, 3),
                        ipv6(1, 1, 0, 2, 3),
                        ipv6(0, 1, 1, 2, 3),
                        ipv6(0, 1, 0, 2, 4));

        for (int i = 0; i < keys.size(); i++) {
            for (int j = 0; j < keys.size(); j++) {
                assertEquals(i == j, keys.get(i).equals(keys.get(j)), i + " and " + j);
                assertEquals(i == j, keys.get(i).hash(HASH) == keys.get(j).hash(HASH));
            }
        }
    }

    @Test
    void shouldCopyEverything() {
        for (final DatagramKey key : List.of(ipv4(-1, -2, 255, 65535), ipv6(-1, -2, -3, -4, -5))) {
            final DatagramKey copy = key.copy();

            assertNotSame(key, copy);
            assertEquals(key, copy);
            assertEquals(key.hashCode(), copy.hashCode());
            assertEquals(key.hash(HASH), copy.hash(HASH));
            assertEquals(key.toString(), copy.toString());
        }
    }

    @Test
    void shouldTellItsFields() {
        final DatagramKey four = ipv4(-1, 2, 17, 3);
        final DatagramKey six = ipv6(1, 2, 3, 4, -5);

        assertEquals(0xFFFF_FFFFL, four.sourceLow());
        assertEquals(17, four.protocol());
        assertEquals(-1, six.protocol());
        assertTrue(six.isIpv6());
        assertEquals(-5, six.identification());
        assertNotEquals(four, six);
    }

    private static DatagramKey ipv4(
            final int source, final int destination, final int protocol, final int id) {
        final DatagramKey key = new DatagramKey();
        key.setIpv4(source, destination, protocol, id);
        return key;
    }

    private static DatagramKey ipv6(
            final long sourceHigh,
            final long sourceLow,
            final long destinationHigh,
            final long destinationLow,
            final int id) {
        final DatagramKey key = new DatagramKey();
        key.setIpv6(sourceHigh, sourceLow, destinationHigh, destinationLow, id);
        return key;
    }
}
