package io.boomerang.sim.churn;

import java.util.Arrays;
import java.util.function.IntConsumer;

/// Which flows use each entry of some table: a list for each entry, a flow in one list at a time.
final class FlowLists {
    private static final int NONE = -1;

    private final int[] firsts;
    private final int[] nexts;
    private final int[] previous;

    FlowLists(final int lists, final int flows) {
        firsts = new int[lists];
        nexts = new int[flows];
        previous = new int[flows];
        Arrays.fill(firsts, NONE);
    }

    void add(final int list, final int flow) {
        final int first = firsts[list];
        nexts[flow] = first;
        previous[flow] = NONE;
        if (first != NONE) {
            previous[first] = flow;
        }
        firsts[list] = flow;
    }

    /// @param list that the flow is in
    void remove(final int list, final int flow) {
        if (previous[flow] == NONE) {
            firsts[list] = nexts[flow];
        } else {
            nexts[previous[flow]] = nexts[flow];
        }
        if (nexts[flow] != NONE) {
            previous[nexts[flow]] = previous[flow];
        }
    }

    /// Nothing may be added or removed meanwhile.
    void forEach(final int list, final IntConsumer action) {
        for (int flow = firsts[list]; flow != NONE; flow = nexts[flow]) {
            action.accept(flow);
        }
    }
}
