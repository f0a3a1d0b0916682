package io.boomerang.redirector.forwarder;

import java.util.LinkedHashMap;
import java.util.Map;

/// What a forwarder counts. Written by its thread; a reader in another thread sees values that may
/// be a moment old.
public final class ForwarderCounters {
    long begun;
    long committed;
    long given;
    long kept;
    long lost;
    long relayed;
    long dropBroken;
    long dropLate;
    long dropFull;

    /// Transfers whose flow was held.
    public long begun() {
        return begun;
    }

    /// Transfers that gave their flow to the host.
    public long committed() {
        return committed;
    }

    /// Of these, those that the host has confirmed.
    public long given() {
        return given;
    }

    /// Transfers whose connection stayed where it was.
    public long kept() {
        return kept;
    }

    /// Connections whose host died after it had them, before it could say so.
    public long lost() {
        return lost;
    }

    /// All of them by name, in a fixed order.
    public Map<String, Long> snapshot() {
        final Map<String, Long> map = new LinkedHashMap<>();
        map.put("handoffs-begun", begun);
        map.put("handoffs-committed", committed);
        map.put("handoffs-given", given);
        map.put("handoffs-kept", kept);
        map.put("handoffs-lost", lost);
        map.put("handoff-datagrams-relayed", relayed);
        map.put("drop-handoff-broken", dropBroken);
        map.put("drop-handoff-late", dropLate);
        map.put("drop-handoff-full", dropFull);
        return map;
    }
}
