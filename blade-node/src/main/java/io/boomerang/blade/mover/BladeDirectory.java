package io.boomerang.blade.mover;

import io.boomerang.announce.FlowOffer;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.Member;
import io.boomerang.cluster.Member.Role;

import java.util.Arrays;

/// The other blades of the newest view. Used by the blade's thread only.
final class BladeDirectory {
    private static final int ABSENT = -1;

    private final int[] incarnations = new int[Member.MAX_NODE + 1];
    private boolean canMove;

    BladeDirectory() {
        Arrays.fill(incarnations, ABSENT);
    }

    void onView(final ClusterView view, final int self) {
        canMove = view.format() >= FlowOffer.FIRST_FORMAT;
        Arrays.fill(incarnations, ABSENT);
        for (final Member member : view.members()) {
            if (member.role() == Role.BLADE && member.node() != self) {
                incarnations[member.node()] = member.incarnation();
            }
        }
    }

    /// Whether every member knows the messages of a move.
    boolean canMove() {
        return canMove;
    }

    boolean isAlive(final int node) {
        return node > 0 && node <= Member.MAX_NODE && incarnations[node] != ABSENT;
    }

    boolean isAlive(final int node, final int incarnation) {
        return isAlive(node) && incarnations[node] == incarnation;
    }

    /// The incarnation of a live blade.
    int incarnation(final int node) {
        return incarnations[node];
    }
}
