package io.boomerang.blade.session;

import org.jspecify.annotations.Nullable;

/// Markers in the order in which something last happened to them: the head is the one that has
/// waited longest. All markers of a list wait equally long, which is why an order is all a timer
/// needs. The links are part of the markers; nothing is allocated.
final class MarkerList {
    /// A marker's place in one list.
    static final class Link {
        final MarkerSession marker;
        private @Nullable Link older;
        private @Nullable Link newer;
        private @Nullable MarkerList list;

        Link(final MarkerSession marker) {
            this.marker = marker;
        }

        boolean isListed() {
            return list != null;
        }

        /// Leaves its list, if it is in one.
        void unlist() {
            final MarkerList from = list;
            if (from == null) {
                return;
            }
            final Link before = older;
            final Link after = newer;
            if (before == null) {
                from.oldest = after;
            } else {
                before.newer = after;
            }
            if (after == null) {
                from.newest = before;
            } else {
                after.older = before;
            }
            older = null;
            newer = null;
            list = null;
            from.size--;
        }
    }

    private @Nullable Link oldest;
    private @Nullable Link newest;
    private int size;

    @Nullable MarkerSession oldest() {
        final Link link = oldest;
        return link == null ? null : link.marker;
    }

    int size() {
        return size;
    }

    /// Makes it the newest of this list; it leaves the list that it is in.
    void append(final Link link) {
        if (newest == link) {
            return;
        }
        link.unlist();
        final Link last = newest;
        link.older = last;
        if (last == null) {
            oldest = link;
        } else {
            last.newer = link;
        }
        newest = link;
        link.list = this;
        size++;
    }
}
