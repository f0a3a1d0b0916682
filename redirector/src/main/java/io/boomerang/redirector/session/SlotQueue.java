package io.boomerang.redirector.session;

/// Slots in the order in which they came to be of one sort (embryonic, lapsed), so that the oldest
/// is found, and any is taken out, without a search. Owned by the table's thread.
final class SlotQueue {
    private final SlotLinks links;

    /// A slot plus one; zero when the queue is empty.
    private int first;

    private int last;
    private int size;

    SlotQueue(final SlotLinks links) {
        this.links = links;
    }

    int size() {
        return size;
    }

    /// The slot that has been here longest, or {@link SessionTable#NONE}.
    long oldest() {
        return first - 1L;
    }

    void append(final long slot) {
        final int link = (int) slot + 1;
        links.setPrevious(slot, last);
        links.setNext(slot, 0);
        if (last == 0) {
            first = link;
        } else {
            links.setNext(last - 1L, link);
        }
        last = link;
        size++;
    }

    void remove(final long slot) {
        final int previous = links.previous(slot);
        final int next = links.next(slot);
        if (previous == 0) {
            first = next;
        } else {
            links.setNext(previous - 1L, next);
        }
        if (next == 0) {
            last = previous;
        } else {
            links.setPrevious(next - 1L, previous);
        }
        size--;
        assert size >= 0 && (size == 0) == (first == 0) : "taken out of a queue it was not in";
    }
}
