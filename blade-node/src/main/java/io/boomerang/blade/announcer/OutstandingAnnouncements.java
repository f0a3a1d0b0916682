package io.boomerang.blade.announcer;

import io.boomerang.announce.SessionAnnouncement;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.TimeUnit;

/// Announcements that a redirector has not acknowledged yet: at most one for each flow and node,
/// the newest. Bounded; belongs to the blade's thread.
///
/// All entries that have been sent equally often wait equally long, so each such group is a list in
/// the order of sending and its head is the next one due.
final class OutstandingAnnouncements {
    /// One announcement to one node.
    static final class Entry {
        private int node;
        private @Nullable SessionAnnouncement message;
        private int tries;
        private long sentNs;
        private long firstSentNs;
        private int group;
        private @Nullable Entry nextInChain;
        private @Nullable Entry older;
        private @Nullable Entry newer;

        int node() {
            return node;
        }

        SessionAnnouncement message() {
            final SessionAnnouncement current = message;
            if (current == null) {
                throw new IllegalStateException("the entry is free");
            }
            return current;
        }

        /// How often it was sent.
        int tries() {
            return tries;
        }
    }

    private final int capacity;
    private final @Nullable Entry[] chains;
    private final int mask;
    private final @Nullable Entry[] oldest;
    private final @Nullable Entry[] newest;
    private final long[] waitNs;

    private @Nullable Entry free;
    private int made;
    private int size;

    OutstandingAnnouncements(final AnnounceLimits limits) {
        capacity = limits.outstandingCapacity();
        final int chainCount = Math.max(2, Integer.highestOneBit(capacity - 1) << 1);
        chains = new Entry[chainCount];
        mask = chainCount - 1;
        waitNs = new long[limits.tryLimit()];
        long wait = limits.firstRetryMs();
        for (int i = 0; i < waitNs.length; i++) {
            waitNs[i] = TimeUnit.MILLISECONDS.toNanos(wait);
            wait = Math.min(2 * wait, limits.lastRetryMs());
        }
        oldest = new Entry[waitNs.length];
        newest = new Entry[waitNs.length];
    }

    int size() {
        return size;
    }

    boolean isFull() {
        return size == capacity;
    }

    @Nullable Entry find(final long flowId, final int node) {
        Entry entry = chains[chain(flowId, node)];
        while (entry != null && !(entry.node == node && entry.message().flowId() == flowId)) {
            entry = entry.nextInChain;
        }
        return entry;
    }

    /// The announcement was sent for the first time, or is about to ride on a packet; it replaces
    /// an older one of the same flow to that node. False when there is no room for it.
    boolean track(final int node, final SessionAnnouncement message, final long nowNs) {
        final Entry known = find(message.flowId(), node);
        if (known != null) {
            known.message = message;
            known.tries = 1;
            known.firstSentNs = nowNs;
            unlist(known);
            list(known, 0, nowNs);
            return true;
        }
        final Entry entry = take();
        if (entry == null) {
            return false;
        }
        entry.node = node;
        entry.message = message;
        entry.tries = 1;
        entry.firstSentNs = nowNs;
        final int chain = chain(message.flowId(), node);
        entry.nextInChain = chains[chain];
        chains[chain] = entry;
        list(entry, 0, nowNs);
        size++;
        return true;
    }

    /// An entry that was sent long enough ago to be sent again; null when there is none.
    @Nullable Entry nextDue(final long nowNs) {
        for (int group = 0; group < oldest.length; group++) {
            final Entry entry = oldest[group];
            if (entry != null && nowNs - entry.sentNs >= waitNs[group]) {
                return entry;
            }
        }
        return null;
    }

    /// How long the eldest of them has waited since it was first sent, in nanoseconds; 0 when there
    /// is none.
    long eldestAgeNs(final long nowNs) {
        long age = 0;
        for (final Entry entry : oldest) {
            if (entry != null) {
                age = Math.max(age, nowNs - entry.firstSentNs);
            }
        }
        return age;
    }

    /// The entry was sent again; `soon` keeps it at the shortest interval.
    void onSentAgain(final Entry entry, final boolean soon, final long nowNs) {
        entry.tries++;
        unlist(entry);
        list(entry, soon ? 0 : Math.min(entry.tries, waitNs.length) - 1, nowNs);
    }

    void remove(final Entry entry) {
        final int chain = chain(entry.message().flowId(), entry.node);
        Entry before = null;
        Entry at = chains[chain];
        while (at != null && at != entry) {
            before = at;
            at = at.nextInChain;
        }
        assert at == entry : "entry is not in its chain";
        if (before == null) {
            chains[chain] = entry.nextInChain;
        } else {
            before.nextInChain = entry.nextInChain;
        }
        unlist(entry);
        entry.message = null;
        entry.nextInChain = free;
        free = entry;
        size--;
    }

    private @Nullable Entry take() {
        final Entry entry = free;
        if (entry != null) {
            free = entry.nextInChain;
            return entry;
        }
        if (made == capacity) {
            return null;
        }
        made++;
        return new Entry();
    }

    private void list(final Entry entry, final int group, final long nowNs) {
        entry.group = group;
        entry.sentNs = nowNs;
        final Entry last = newest[group];
        entry.older = last;
        if (last == null) {
            oldest[group] = entry;
        } else {
            last.newer = entry;
        }
        newest[group] = entry;
    }

    private void unlist(final Entry entry) {
        final Entry before = entry.older;
        final Entry after = entry.newer;
        if (before == null) {
            oldest[entry.group] = after;
        } else {
            before.newer = after;
        }
        if (after == null) {
            newest[entry.group] = before;
        } else {
            after.older = before;
        }
        entry.older = null;
        entry.newer = null;
    }

    private int chain(final long flowId, final int node) {
        final long mixed = (flowId ^ (long) node << 48) * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 32) & mask;
    }
}
