package io.boomerang.sim.chaos;

import io.boomerang.cluster.Member;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/// Which nodes reach which: the part of a divided chassis that each is in, and links of the
/// backplane that are broken in one direction.
final class Links {
    private final int[] parts = new int[Member.MAX_NODE + 1];
    private final BitSet broken = new BitSet();

    /// Divides the chassis: these nodes on one side, all others on the other.
    void divide(final Set<Integer> apart) {
        Arrays.fill(parts, 0);
        apart.forEach(node -> parts[node] = 1);
    }

    void unite() {
        Arrays.fill(parts, 0);
    }

    boolean areApart(final int one, final int other) {
        return parts[one] != parts[other];
    }

    void breakLink(final int from, final int to) {
        broken.set(index(from, to));
    }

    void mendLink(final int from, final int to) {
        broken.clear(index(from, to));
    }

    void mendAll() {
        broken.clear();
        unite();
    }

    boolean isBroken(final int from, final int to) {
        return areApart(from, to) || broken.get(index(from, to));
    }

    /// Whether links that work, one after the other, lead from one node to another by way of these.
    boolean lead(final int from, final int to, final Set<Integer> running) {
        final Set<Integer> reached = new HashSet<>(Set.of(from));
        final Deque<Integer> open = new ArrayDeque<>(reached);
        while (!open.isEmpty()) {
            final int node = open.remove();
            for (final int next : running) {
                if (!isBroken(node, next) && reached.add(next)) {
                    open.add(next);
                }
            }
        }
        return reached.contains(to);
    }

    private static int index(final int from, final int to) {
        return from * (Member.MAX_NODE + 1) + to;
    }
}
