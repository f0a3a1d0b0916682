package io.boomerang.redirector.session;

import static io.boomerang.redirector.session.SlotLayout.A_HIGH;
import static io.boomerang.redirector.session.SlotLayout.A_LOW;
import static io.boomerang.redirector.session.SlotLayout.B_HIGH;
import static io.boomerang.redirector.session.SlotLayout.B_LOW;
import static io.boomerang.redirector.session.SlotLayout.CONTROL;
import static io.boomerang.redirector.session.SlotLayout.DEADLINE;
import static io.boomerang.redirector.session.SlotLayout.FLOW_ID;
import static io.boomerang.redirector.session.SlotLayout.PASSERS_MASK;
import static io.boomerang.redirector.session.SlotLayout.PORTS;
import static io.boomerang.redirector.session.SlotLayout.SEQUENCE_ONE;
import static io.boomerang.redirector.session.SlotLayout.SLOT_SHIFT;
import static io.boomerang.redirector.session.SlotLayout.TAIL;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.boomerang.flow.FlowKey;
import io.boomerang.memory.AnonymousMemory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/// The slots of a session table in one piece of memory outside the heap. The table's thread calls
/// everything here; a {@link SessionReader} of another thread uses {@link #memory} by itself.
final class SlotMemory {
    static final VarHandle WORD = JAVA_INT.varHandle();

    /// As a power of two, how many slots share a count of changes.
    static final int GROUP_SHIFT = 9;

    private static final int GROUP_BYTES_SHIFT = GROUP_SHIFT + SLOT_SHIFT;

    private final MemorySegment memory;
    private final MemorySegment changes;
    private final long mask;

    /// @param slotCount a power of two
    SlotMemory(final Arena arena, final long slotCount) {
        assert Long.bitCount(slotCount) == 1 : slotCount;
        memory = AnonymousMemory.allocate(arena, slotCount << SLOT_SHIFT);
        mask = slotCount - 1;
        changes = AnonymousMemory.allocate(arena, ((mask >>> GROUP_SHIFT) + 1) * Integer.BYTES);
    }

    /// Takes all of it from the kernel now.
    void populate() {
        AnonymousMemory.populate(memory);
        AnonymousMemory.populate(changes);
    }

    MemorySegment memory() {
        return memory;
    }

    /// How often the slots of a group have changed, modulo 2^32. For any thread: what it sees in
    /// the slots afterwards is as new as the count, or newer.
    int changes(final long group) {
        return (int) WORD.getAcquire(changes, group * Integer.BYTES);
    }

    /// Slot numbers are below it and it is a row of ones.
    long mask() {
        return mask;
    }

    /// Whether the slot holds a session, live or lapsed, of this key.
    boolean holds(final long slot, final FlowKey key, final long ports, final long keyPart) {
        final long offset = slot << SLOT_SHIFT;
        final long tail = memory.get(JAVA_LONG, offset + TAIL);
        final long difference =
                memory.get(JAVA_LONG, offset + A_LOW) ^ key.aLow()
                        | memory.get(JAVA_LONG, offset + B_LOW) ^ key.bLow()
                        | memory.get(JAVA_LONG, offset + PORTS) ^ ports
                        | memory.get(JAVA_LONG, offset + A_HIGH) ^ key.aHigh()
                        | memory.get(JAVA_LONG, offset + B_HIGH) ^ key.bHigh()
                        | SlotLayout.differenceOfKey(tail, keyPart);
        return difference == 0 && !SlotLayout.isEmpty(tail);
    }

    long tail(final long slot) {
        return memory.get(JAVA_LONG, (slot << SLOT_SHIFT) + TAIL);
    }

    long flowId(final long slot) {
        return memory.get(JAVA_LONG, (slot << SLOT_SHIFT) + FLOW_ID);
    }

    int deadline(final long slot) {
        return memory.get(JAVA_INT, (slot << SLOT_SHIFT) + DEADLINE);
    }

    int passers(final long slot) {
        return control(slot) & PASSERS_MASK;
    }

    void readKey(final long slot, final FlowKey into) {
        final long offset = slot << SLOT_SHIFT;
        final long ports = memory.get(JAVA_LONG, offset + PORTS);
        into.setWords(
                SlotLayout.meta(memory.get(JAVA_LONG, offset + TAIL)),
                memory.get(JAVA_LONG, offset + A_HIGH),
                memory.get(JAVA_LONG, offset + A_LOW),
                memory.get(JAVA_LONG, offset + B_HIGH),
                memory.get(JAVA_LONG, offset + B_LOW),
                SlotLayout.aPort(ports),
                SlotLayout.bPort(ports),
                SlotLayout.vlanDomain(ports));
    }

    /// Makes the empty slot a session.
    void fill(
            final long slot,
            final FlowKey key,
            final long flowId,
            final int deadline,
            final long tail) {
        final long offset = slot << SLOT_SHIFT;
        begin(offset);
        memory.set(JAVA_INT, offset + DEADLINE, deadline);
        memory.set(JAVA_LONG, offset + A_HIGH, key.aHigh());
        memory.set(JAVA_LONG, offset + A_LOW, key.aLow());
        memory.set(JAVA_LONG, offset + B_HIGH, key.bHigh());
        memory.set(JAVA_LONG, offset + B_LOW, key.bLow());
        memory.set(JAVA_LONG, offset + PORTS, SlotLayout.ports(key));
        memory.set(JAVA_LONG, offset + FLOW_ID, flowId);
        memory.set(JAVA_LONG, offset + TAIL, tail);
        end(offset);
    }

    /// Changes everything but the key.
    void change(final long slot, final long flowId, final int deadline, final long tail) {
        final long offset = slot << SLOT_SHIFT;
        begin(offset);
        memory.set(JAVA_INT, offset + DEADLINE, deadline);
        memory.set(JAVA_LONG, offset + FLOW_ID, flowId);
        memory.set(JAVA_LONG, offset + TAIL, tail);
        end(offset);
    }

    void empty(final long slot) {
        final long offset = slot << SLOT_SHIFT;
        begin(offset);
        memory.set(JAVA_LONG, offset + TAIL, 0L);
        end(offset);
    }

    /// A reader that sees this is not troubled: the sequence stands still.
    void addPassers(final long slot, final int count) {
        final long offset = slot << SLOT_SHIFT;
        WORD.setOpaque(memory, offset + CONTROL, control(slot) + count);
    }

    private int control(final long slot) {
        return memory.get(JAVA_INT, (slot << SLOT_SHIFT) + CONTROL);
    }

    private void begin(final long offset) {
        final int control = memory.get(JAVA_INT, offset + CONTROL);
        assert (control & SEQUENCE_ONE) == 0 : "left in the middle of a change";
        WORD.setOpaque(memory, offset + CONTROL, control + SEQUENCE_ONE);
        VarHandle.storeStoreFence();
    }

    private void end(final long offset) {
        final int control = memory.get(JAVA_INT, offset + CONTROL);
        WORD.setRelease(memory, offset + CONTROL, control + SEQUENCE_ONE);
        final long count = (offset >>> GROUP_BYTES_SHIFT) * Integer.BYTES;
        WORD.setRelease(changes, count, changes.get(JAVA_INT, count) + 1);
    }
}
