package io.boomerang.blade.session;

import io.boomerang.flow.FlowKey;

import java.util.HashMap;
import java.util.Map;

/// Translated addresses and ports of this blade under which flows go on that have moved to others:
/// they may not be given away until those flows are over. The blade that has such a flow says so
/// again and again; what was not heard of for longer than it said is free. Full: no more translated
/// flows move.
public final class LentTuples {
    private static final long MS = 1_000_000L;

    private final int capacity;
    private final Map<FlowKey, Long> untilNs = new HashMap<>();

    LentTuples(final int capacity) {
        this.capacity = capacity;
    }

    /// Whether there is room for another one.
    public boolean hasRoom() {
        return untilNs.size() < capacity;
    }

    /// A flow on another blade has this key on its far side; 0 when it is over.
    public void lend(final FlowKey key, final int leaseMs, final long nowNs) {
        if (leaseMs == 0) {
            untilNs.remove(key);
        } else if (hasRoom() || untilNs.containsKey(key)) {
            untilNs.put(key.copy(), nowNs + leaseMs * MS);
        }
    }

    boolean contains(final FlowKey key) {
        return !untilNs.isEmpty() && untilNs.containsKey(key);
    }

    /// Takes back what was not heard of for too long.
    public void expire(final long nowNs) {
        untilNs.values().removeIf(until -> nowNs - until >= 0);
    }

    public int size() {
        return untilNs.size();
    }
}
