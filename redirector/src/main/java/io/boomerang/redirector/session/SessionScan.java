package io.boomerang.redirector.session;

import static io.boomerang.redirector.session.SlotLayout.A_HIGH;
import static io.boomerang.redirector.session.SlotLayout.A_LOW;
import static io.boomerang.redirector.session.SlotLayout.B_HIGH;
import static io.boomerang.redirector.session.SlotLayout.B_LOW;
import static io.boomerang.redirector.session.SlotLayout.CONTROL;
import static io.boomerang.redirector.session.SlotLayout.DEADLINE;
import static io.boomerang.redirector.session.SlotLayout.FLOW_ID;
import static io.boomerang.redirector.session.SlotLayout.PORTS;
import static io.boomerang.redirector.session.SlotLayout.SEQUENCE_ONE;
import static io.boomerang.redirector.session.SlotLayout.SEQUENCE_SHIFT;
import static io.boomerang.redirector.session.SlotLayout.SLOT_SHIFT;
import static io.boomerang.redirector.session.SlotLayout.TAIL;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.boomerang.announce.TcpPhase;
import io.boomerang.flow.FlowKey;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/// Looks at one slot after the other of a table that another thread writes, each whole or not at
/// all, as {@link SessionReader} does. One scan per thread; it neither locks nor writes. The
/// accessors speak of the slot that {@link #read} saw last. The table must outlive its scans.
public final class SessionScan {
    /// What was seen of a slot.
    public enum Outcome {
        EMPTY,
        HELD,
        /// The writer kept changing it.
        BUSY
    }

    private static final long MIX = 0x9E3779B97F4A7C15L;

    private final SlotMemory slots;
    private final MemorySegment memory;
    private final long slotCount;

    private long aHigh;
    private long aLow;
    private long bHigh;
    private long bLow;
    private long ports;
    private long flowId;
    private long tail;
    private int deadline;

    SessionScan(final SlotMemory slots) {
        this.slots = slots;
        memory = slots.memory();
        slotCount = slots.mask() + 1;
    }

    public long slotCount() {
        return slotCount;
    }

    /// As a power of two, how many slots are a group.
    public int groupShift() {
        return SlotMemory.GROUP_SHIFT;
    }

    /// A number that is another one when slots of the group have changed since it was asked for.
    public int changes(final long group) {
        return slots.changes(group);
    }

    /// Copies the slot.
    public Outcome read(final long slot) {
        final long offset = slot << SLOT_SHIFT;
        for (int i = 0; i <= SessionReader.RETRY_LIMIT; i++) {
            final int control = (int) SlotMemory.WORD.getAcquire(memory, offset + CONTROL);
            if ((control & SEQUENCE_ONE) == 0) {
                copy(offset);
                VarHandle.loadLoadFence();
                final int after = (int) SlotMemory.WORD.getOpaque(memory, offset + CONTROL);
                if ((control ^ after) >>> SEQUENCE_SHIFT == 0) {
                    return SlotLayout.isEmpty(tail) ? Outcome.EMPTY : Outcome.HELD;
                }
            }
            Thread.onSpinWait();
        }
        return Outcome.BUSY;
    }

    private void copy(final long offset) {
        tail = memory.get(JAVA_LONG, offset + TAIL);
        deadline = memory.get(JAVA_INT, offset + DEADLINE);
        aHigh = memory.get(JAVA_LONG, offset + A_HIGH);
        aLow = memory.get(JAVA_LONG, offset + A_LOW);
        bHigh = memory.get(JAVA_LONG, offset + B_HIGH);
        bLow = memory.get(JAVA_LONG, offset + B_LOW);
        ports = memory.get(JAVA_LONG, offset + PORTS);
        flowId = memory.get(JAVA_LONG, offset + FLOW_ID);
    }

    /// A hash of all that the slot says; not 0.
    public long fingerprint() {
        long mixed = tail;
        mixed = mix(mixed, deadline);
        mixed = mix(mixed, flowId);
        mixed = mix(mixed, ports);
        mixed = mix(mixed, aHigh);
        mixed = mix(mixed, aLow);
        mixed = mix(mixed, bHigh);
        mixed = mix(mixed, bLow);
        return mixed == 0 ? 1 : mixed;
    }

    private static long mix(final long mixed, final long word) {
        final long product = (mixed ^ word) * MIX;
        return product ^ product >>> 32;
    }

    public void readKey(final FlowKey into) {
        into.setWords(
                SlotLayout.meta(tail),
                aHigh,
                aLow,
                bHigh,
                bLow,
                SlotLayout.aPort(ports),
                SlotLayout.bPort(ports),
                SlotLayout.vlanDomain(ports));
    }

    public long flowId() {
        return flowId;
    }

    public int blade() {
        return SlotLayout.blade(tail);
    }

    public int incarnation() {
        return SlotLayout.incarnation(tail);
    }

    public int version() {
        return SlotLayout.version(tail);
    }

    public TcpPhase phase() {
        return SlotLayout.phase(tail);
    }

    public Origin origin() {
        return SlotLayout.origin(tail);
    }

    /// Whether the session was not over when the sweep last came by.
    public boolean isLive() {
        return SlotLayout.isLive(tail);
    }

    /// How much of the lease is left, in milliseconds; none or less when it is over.
    public int leaseLeftMs(final long nowNs) {
        return deadline - LeaseClock.tick(nowNs);
    }
}
