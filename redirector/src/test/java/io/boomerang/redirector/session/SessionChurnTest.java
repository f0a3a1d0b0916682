package io.boomerang.redirector.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.TcpPhase;
import io.boomerang.flow.FlowKey;

import org.junit.jupiter.api.Test;

/// However many sessions came and went, a search takes as long as the present ones make it.
class SessionChurnTest {
    private static final int CAPACITY = 16_384;
    private static final int GENERATIONS = 200;

    /// Probing slot after slot at a load of one half takes 1.5 slots for what is there and 2.5 for
    /// what is not, in a table that was filled once (Knuth, volume 3, 6.4). In one that is always
    /// full a session has come in by the longer way and is found by it; and a way gets longer where
    /// others that passed by have left a hole behind. Without an end to the ways, searches would
    /// grow with every generation.
    private static final double MOST_HIT = 2.75;

    private static final double MOST_MISS = 3.5;

    @Test
    void shouldKeepSearchesShortOverManyGenerations() {
        try (SessionSlots slots = new SessionSlots(CAPACITY, Flows.HASH::hash)) {
            final FlowKey key = new FlowKey();
            final FlowKey oldest = new FlowKey();
            final long tail =
                    SlotLayout.liveTail(
                            Flows.ipv4(0).meta(), Origin.DECIDED, TcpPhase.ESTABLISHED, 1, 0, 0);

            for (int number = 0; number < GENERATIONS * CAPACITY; number++) {
                if (number >= CAPACITY) {
                    Flows.setIpv4(oldest, number - CAPACITY);
                    slots.vacate(slots.find(oldest, Flows.HASH.hash(oldest)));
                }
                Flows.setIpv4(key, number);
                final long hash = Flows.HASH.hash(key);
                slots.occupy(slots.findEmpty(hash), hash, key, number, 0, tail);
            }

            assertEquals(CAPACITY, slots.size());
            final double averageHit = averageHit(slots);
            assertTrue(averageHit < MOST_HIT, "average hit " + averageHit);
            final double averageMiss = averageMiss(slots);
            assertTrue(averageMiss < MOST_MISS, "average miss " + averageMiss);
        }
    }

    @Test
    void shouldHaveNoPassersLeftWhenEmptiedAgain() {
        try (SessionSlots slots = new SessionSlots(CAPACITY, Flows.HASH::hash)) {
            final FlowKey key = new FlowKey();
            final long tail =
                    SlotLayout.liveTail(
                            Flows.ipv4(0).meta(), Origin.DECIDED, TcpPhase.EMBRYONIC, 1, 0, 0);
            for (int number = 0; number < CAPACITY; number++) {
                Flows.setIpv4(key, number);
                final long hash = Flows.HASH.hash(key);
                slots.occupy(slots.findEmpty(hash), hash, key, number, 0, tail);
            }

            while (slots.size() > 0) {
                slots.vacate(slots.embryonic().oldest());
            }

            for (long slot = 0; slot < slots.slotCount(); slot++) {
                assertEquals(0, slots.memory().passers(slot));
            }
            assertEquals(0, slots.live());
            assertEquals(SessionTable.NONE, slots.embryonic().oldest());
        }
    }

    private static double averageHit(final SessionSlots slots) {
        long probes = 0;
        for (int number = (GENERATIONS - 1) * CAPACITY; number < GENERATIONS * CAPACITY; number++) {
            final FlowKey key = Flows.ipv4(number);
            final long hash = Flows.HASH.hash(key);
            final long found = slots.find(key, hash);
            assertTrue(found >= 0, "lost " + key);
            long slot = slots.home(hash);
            for (int probe = 0; slot != found; probe++) {
                slot = slots.next(slot, probe);
                probes++;
            }
            probes++;
        }
        return (double) probes / CAPACITY;
    }

    private static double averageMiss(final SessionSlots slots) {
        long probes = 0;
        for (int number = 0; number < CAPACITY; number++) {
            long slot = slots.home(Flows.HASH.hash(Flows.ipv4(number)));
            int probe = 0;
            while (slots.memory().passers(slot) > 0) {
                slot = slots.next(slot, probe);
                probe++;
            }
            probes += probe + 1;
        }
        return (double) probes / CAPACITY;
    }
}
