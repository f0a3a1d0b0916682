package io.boomerang.redirector.steering;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a redirector counts. Written by its thread; a reader in another thread sees values that may
/// be a moment old.
@SuppressWarnings("EnumOrdinal") // an index into an array of this process, which never leaves it
public final class RedirectorCounters {
    long received;
    long emitted;
    long bridged;
    long forwarded;
    long held;
    long lookUpsAnswered;
    long queries;
    long queriesFound;
    long queriesExpired;
    long queriesRepeated;
    long queriesRefused;
    long flowsDecided;
    long flowsWithoutSession;
    long flowsBroken;
    long announcementsInstalled;
    long announcementsStale;
    long announcementsRefused;
    long expectationsLearned;
    long expectationsEvicted;
    long sessionsPulled;
    long sessionsRestored;
    long driftMissing;
    long driftLeftOver;
    long driftRepaired;
    long comparisons;
    long messagesUnexpected;
    private final long[] decisions = new long[Decision.values().length];
    private final long[] drops = new long[DropReason.values().length];

    void count(final Decision decision) {
        decisions[decision.ordinal()]++;
    }

    void count(final DropReason reason) {
        drops[reason.ordinal()]++;
    }

    public long received() {
        return received;
    }

    public long emitted() {
        return emitted;
    }

    public long bridged() {
        return bridged;
    }

    /// Packets sent on to an owner: of their flow or of their datagram.
    public long forwarded() {
        return forwarded;
    }

    /// Packets of existing flows that found no session here and were repaired by a blade's answer.
    public long returnMisses() {
        return queriesFound;
    }

    public long flowsDecided() {
        return flowsDecided;
    }

    /// Sessions that blades had and the last comparison with them did not find here, or older ones.
    public long driftMissing() {
        return driftMissing;
    }

    /// Sessions that the last comparison found here and blades had not any more.
    public long driftLeftOver() {
        return driftLeftOver;
    }

    /// Comparisons that all blades answered.
    public long comparisons() {
        return comparisons;
    }

    public long flowsBroken() {
        return flowsBroken;
    }

    public long decided(final Decision decision) {
        return decisions[decision.ordinal()];
    }

    public long dropped(final DropReason reason) {
        return drops[reason.ordinal()];
    }

    /// Packets by the reason of their steering.
    public Map<Decision, Long> decisions() {
        final Map<Decision, Long> map = new EnumMap<>(Decision.class);
        for (final Decision decision : Decision.values()) {
            map.put(decision, decisions[decision.ordinal()]);
        }
        return map;
    }

    /// All of them by name, in a fixed order.
    public Map<String, Long> snapshot() {
        final Map<String, Long> map = new LinkedHashMap<>();
        map.put("received", received);
        map.put("emitted", emitted);
        map.put("bridged", bridged);
        map.put("forwarded", forwarded);
        map.put("held", held);
        map.put("look-ups-answered", lookUpsAnswered);
        map.put("queries", queries);
        map.put("queries-found", queriesFound);
        map.put("queries-expired", queriesExpired);
        map.put("queries-refused", queriesRefused);
        map.put("queries-repeated", queriesRepeated);
        map.put("flows-decided", flowsDecided);
        map.put("flows-without-session", flowsWithoutSession);
        map.put("flows-broken", flowsBroken);
        map.put("announcements-installed", announcementsInstalled);
        map.put("announcements-stale", announcementsStale);
        map.put("announcements-refused", announcementsRefused);
        map.put("expectations-learned", expectationsLearned);
        map.put("expectations-evicted", expectationsEvicted);
        map.put("sessions-pulled", sessionsPulled);
        map.put("sessions-restored", sessionsRestored);
        map.put("drift-missing", driftMissing);
        map.put("drift-left-over", driftLeftOver);
        map.put("drift-repaired", driftRepaired);
        map.put("comparisons", comparisons);
        map.put("messages-unexpected", messagesUnexpected);
        for (final DropReason reason : DropReason.values()) {
            map.put("drop-" + reason.label(), drops[reason.ordinal()]);
        }
        return map;
    }
}
