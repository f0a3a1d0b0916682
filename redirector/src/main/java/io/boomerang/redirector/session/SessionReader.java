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
import static io.boomerang.redirector.session.SlotLayout.SEQUENCE_SHIFT;
import static io.boomerang.redirector.session.SlotLayout.SLOT_SHIFT;
import static io.boomerang.redirector.session.SlotLayout.TAIL;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.boomerang.announce.TcpPhase;
import io.boomerang.flow.FlowKey;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/// Looks sessions up in a table that another thread writes. A session is seen whole or not at all:
/// the reader copies the slot and checks that its sequence stood still meanwhile. One reader per
/// thread; it neither locks nor writes. A session that stays in the table all the time is always
/// found, because the writer never moves one.
///
/// The accessors speak of the copy that the last `find` made when it answered `FOUND`. The table
/// must outlive its readers.
public final class SessionReader {
    /// How often one search copies a slot anew because the writer was at it.
    public static final int RETRY_LIMIT = 64;

    /// What a search came to.
    public enum Outcome {
        FOUND,
        NOT_FOUND,
        /// The writer kept changing a slot on the way. Search again later.
        BUSY
    }

    private final MemorySegment memory;
    private final long mask;
    private final int probeLimit;

    private long flowId;
    private long tail;
    private int deadline;

    SessionReader(final SlotMemory slots, final int probeLimit) {
        memory = slots.memory();
        mask = slots.mask();
        this.probeLimit = probeLimit;
    }

    /// Finds a session, live or lapsed.
    public Outcome find(final FlowKey key, final long hash) {
        final long ports = SlotLayout.ports(key);
        final long keyPart = SlotLayout.keyPart(key.meta());
        long slot = hash & mask;
        int retries = 0;
        for (int probe = 0; probe < probeLimit; ) {
            final long offset = slot << SLOT_SHIFT;
            final int control = (int) SlotMemory.WORD.getAcquire(memory, offset + CONTROL);
            final boolean same = copyAndCompare(offset, key, ports, keyPart);
            VarHandle.loadLoadFence();
            final int after = (int) SlotMemory.WORD.getOpaque(memory, offset + CONTROL);
            if ((control & SEQUENCE_ONE) != 0 || (control ^ after) >>> SEQUENCE_SHIFT != 0) {
                if (++retries > RETRY_LIMIT) {
                    return Outcome.BUSY;
                }
                Thread.onSpinWait();
                continue;
            }
            if (same) {
                return Outcome.FOUND;
            }
            if ((control & PASSERS_MASK) == 0) {
                return Outcome.NOT_FOUND;
            }
            slot = SlotLayout.next(slot, probe, mask);
            probe++;
        }
        return Outcome.NOT_FOUND;
    }

    private boolean copyAndCompare(
            final long offset, final FlowKey key, final long ports, final long keyPart) {
        deadline = memory.get(JAVA_INT, offset + DEADLINE);
        flowId = memory.get(JAVA_LONG, offset + FLOW_ID);
        tail = memory.get(JAVA_LONG, offset + TAIL);
        final long difference =
                memory.get(JAVA_LONG, offset + A_HIGH) ^ key.aHigh()
                        | memory.get(JAVA_LONG, offset + A_LOW) ^ key.aLow()
                        | memory.get(JAVA_LONG, offset + B_HIGH) ^ key.bHigh()
                        | memory.get(JAVA_LONG, offset + B_LOW) ^ key.bLow()
                        | memory.get(JAVA_LONG, offset + PORTS) ^ ports
                        | SlotLayout.differenceOfKey(tail, keyPart);
        return difference == 0 && !SlotLayout.isEmpty(tail);
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

    public boolean isLive(final long nowNs) {
        return SlotLayout.isLive(tail) && deadline - LeaseClock.tick(nowNs) > 0;
    }
}
