package io.boomerang.redirector.session;

import io.boomerang.announce.TcpPhase;
import io.boomerang.flow.FlowKey;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import java.util.stream.Collectors;

/// What a session table has to do, said with maps. Where the table is free to choose whom to
/// forget, the model says who may be forgotten and is told who was.
final class ModelTable {
    static final long NS_PER_MS = 1_000_000;

    enum State {
        LIVE,
        LAPSED,
        CLOSED
    }

    record Entry(
            long flowId,
            int blade,
            int incarnation,
            int version,
            Origin origin,
            TcpPhase phase,
            long deadlineMs,
            State state) {
        boolean isLive(final long nowNs) {
            return state == State.LIVE && deadlineMs > Math.floorDiv(nowNs, NS_PER_MS);
        }

        boolean isEmbryonic() {
            return state == State.LIVE && phase == TcpPhase.EMBRYONIC;
        }

        Entry in(final State newState) {
            return new Entry(
                    flowId, blade, incarnation, version, origin, phase, deadlineMs, newState);
        }
    }

    final Map<FlowKey, Entry> entries = new HashMap<>();

    private final int capacity;
    private final SequencedSet<FlowKey> embryonic = new LinkedHashSet<>();

    /// When each lapsed session lapsed: sessions of one sweep lapse at once.
    private final Map<FlowKey, Integer> lapsedAt = new HashMap<>();

    private int step;

    ModelTable(final int capacity) {
        this.capacity = capacity;
    }

    boolean isFull() {
        return entries.size() == capacity;
    }

    /// Who may be forgotten for another session.
    SequencedSet<FlowKey> dispensable(
            final Placement placement, final KeyHash hash, final long nowNs) {
        if (!embryonic.isEmpty()) {
            return new LinkedHashSet<>(embryonic.stream().limit(1).toList());
        }
        if (!lapsedAt.isEmpty()) {
            return lapsedFirst();
        }
        return entries.entrySet().stream()
                .filter(entry ->
                        !entry.getValue().isLive(nowNs)
                                || placement.stillMaps(
                                        hash.hash(entry.getKey()), entry.getValue().blade()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    SequencedSet<FlowKey> lapsedFirst() {
        final int first = lapsedAt.values().stream().mapToInt(Integer::intValue).min().orElse(0);
        return lapsedAt.entrySet().stream()
                .filter(entry -> entry.getValue() == first)
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    int lapsedCount() {
        return lapsedAt.size();
    }

    int embryonicCount() {
        return embryonic.size();
    }

    void forget(final FlowKey key) {
        entries.remove(key);
        embryonic.remove(key);
        lapsedAt.remove(key);
    }

    /// Answers what becomes of the record, apart from the question of space.
    Installation verdict(final FlowKey key, final Entry record) {
        final @Nullable Entry held = entries.get(key);
        if (held == null) {
            return Installation.INSTALLED;
        }
        final int order = order(record, held);
        final boolean closes = record.state() == State.CLOSED;
        final boolean closed = held.state() == State.CLOSED;
        if (order > 0 || order == 0 && closes && !closed) {
            return Installation.INSTALLED;
        }
        return order == 0 && closes == closed ? Installation.REFRESHED : Installation.STALE;
    }

    void install(final FlowKey key, final Entry record) {
        final @Nullable Entry held = entries.get(key);
        switch (verdict(key, record)) {
            case INSTALLED -> put(key, record);
            case REFRESHED -> {
                if (held != null && record.state() != State.CLOSED) {
                    put(key, joined(held, record));
                }
            }
            case STALE, FULL -> {}
        }
    }

    private static Entry joined(final Entry held, final Entry record) {
        final Origin origin =
                held.origin() == Origin.ANNOUNCED || record.origin() == Origin.CACHED
                        ? held.origin()
                        : held.origin() == Origin.DECIDED && record.origin() == Origin.DECIDED
                                ? Origin.DECIDED
                                : record.origin();
        return new Entry(
                held.flowId(),
                origin == held.origin() ? held.blade() : record.blade(),
                held.incarnation(),
                held.version(),
                origin,
                held.phase().compareTo(record.phase()) > 0 ? held.phase() : record.phase(),
                held.state() == State.LIVE
                        ? Math.max(held.deadlineMs(), record.deadlineMs())
                        : record.deadlineMs(),
                State.LIVE);
    }

    private void put(final FlowKey key, final Entry entry) {
        final @Nullable Entry old = entries.put(key, entry);
        final boolean sameFlow = old != null && old.flowId() == entry.flowId();
        if (!sameFlow || !entry.isEmbryonic()) {
            embryonic.remove(key);
        }
        if (!sameFlow || entry.state() == State.LIVE) {
            lapsedAt.remove(key);
        }
        if (entry.isEmbryonic()) {
            embryonic.add(key);
        }
        if (entry.state() != State.LIVE) {
            lapsedAt.putIfAbsent(key, ++step);
        }
    }

    /// Lapses all whose lease is over; answers how many.
    int sweep(final long nowNs) {
        step++;
        int lapsed = 0;
        for (final Map.Entry<FlowKey, Entry> entry : entries.entrySet()) {
            if (entry.getValue().state() == State.LIVE && !entry.getValue().isLive(nowNs)) {
                entry.setValue(entry.getValue().in(State.LAPSED));
                embryonic.remove(entry.getKey());
                lapsedAt.put(entry.getKey(), step);
                lapsed++;
            }
        }
        return lapsed;
    }

    private static int order(final Entry one, final Entry other) {
        if (one.flowId() != other.flowId()) {
            return Long.compareUnsigned(one.flowId(), other.flowId());
        }
        final int ahead = one.version() - other.version() & 0xFFFF;
        if (ahead != 0) {
            return ahead < 0x8000 ? 1 : -1;
        }
        return Integer.compare(one.incarnation(), other.incarnation());
    }
}
