package io.boomerang.redirector.session;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.boomerang.memory.AnonymousMemory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// For each slot its neighbours in the {@link SlotQueue} that it stands in, if any: a slot stands
/// in at most one. Outside the heap and beside the slots, whose lines are full.
final class SlotLinks {
    private static final int LINK_SHIFT = 3;
    private static final int NEXT = 4;

    private final MemorySegment memory;

    SlotLinks(final Arena arena, final long slotCount) {
        memory = AnonymousMemory.allocate(arena, slotCount << LINK_SHIFT);
    }

    /// Takes all of it from the kernel now.
    void populate() {
        AnonymousMemory.populate(memory);
    }

    /// The neighbour's slot plus one; zero where there is none.
    int previous(final long slot) {
        return memory.get(JAVA_INT, slot << LINK_SHIFT);
    }

    int next(final long slot) {
        return memory.get(JAVA_INT, (slot << LINK_SHIFT) + NEXT);
    }

    void setPrevious(final long slot, final int link) {
        memory.set(JAVA_INT, slot << LINK_SHIFT, link);
    }

    void setNext(final long slot, final int link) {
        memory.set(JAVA_INT, (slot << LINK_SHIFT) + NEXT, link);
    }
}
