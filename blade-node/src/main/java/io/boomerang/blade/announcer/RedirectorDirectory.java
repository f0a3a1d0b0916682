package io.boomerang.blade.announcer;

import io.boomerang.announce.SelectionPolicy;
import io.boomerang.announce.SessionPull;
import io.boomerang.announce.SteeringRule;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.Member;
import io.boomerang.cluster.Member.Role;
import io.boomerang.flow.AllocationHash;
import io.boomerang.flow.Side;
import io.boomerang.redirector.steering.Ownership;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;

/// The redirectors of the newest view: who is on which side, who owns a flow there by the chassis'
/// rule, and since which view. Belongs to the blade's thread.
@SuppressWarnings("EnumOrdinal") // arrays by side, within one process
public final class RedirectorDirectory {
    private static final int ABSENT = -1;

    private final Ownership[] owners = {new Ownership(new int[0]), new Ownership(new int[0])};
    private final List<List<Integer>> nodes = new ArrayList<>(List.of(List.of(), List.of()));
    private final @Nullable Side[] sides = new Side[Member.MAX_NODE + 1];
    private final int[] incarnations = new int[Member.MAX_NODE + 1];
    private final int[] joinedEpoch = new int[Member.MAX_NODE + 1];
    private List<Integer> members = List.of();
    private final BitSet heirs = new BitSet();
    private int epoch;
    private SteeringRule rule = SteeringRule.initial(SelectionPolicy.BUCKETS);
    private AllocationHash allocationHash = AllocationHash.PLAIN;

    public RedirectorDirectory() {
        Arrays.fill(incarnations, ABSENT);
    }

    /// Takes over a view; answers whether the redirectors have changed.
    boolean onView(final ClusterView view) {
        final List<Member> redirectors =
                view.members().stream().filter(member -> member.role() != Role.BLADE).toList();
        members = view.members().stream().map(Member::node).sorted().toList();
        final int[] before = incarnations.clone();
        Arrays.fill(incarnations, ABSENT);
        Arrays.fill(sides, null);
        for (final Member member : redirectors) {
            incarnations[member.node()] = member.incarnation();
            sides[member.node()] = sideOf(member.role());
        }
        if (Arrays.equals(before, incarnations)) {
            return false;
        }
        epoch++;
        for (final Member member : redirectors) {
            if (before[member.node()] != member.incarnation()) {
                joinedEpoch[member.node()] = epoch;
            }
        }
        findHeirs(before);
        for (final Side side : Side.values()) {
            final List<Integer> ofSide =
                    redirectors.stream()
                            .map(Member::node)
                            .filter(node -> sides[node] == side)
                            .sorted()
                            .toList();
            nodes.set(side.ordinal(), ofSide);
            owners[side.ordinal()] =
                    new Ownership(ofSide.stream().mapToInt(Integer::intValue).toArray());
        }
        return true;
    }

    /// Goes by another rule from now on; answers whether flows have other owners by it.
    boolean onRule(final SteeringRule next) {
        final boolean moved = !Objects.equals(next.hashKey(), rule.hashKey());
        rule = next;
        if (moved) {
            allocationHash = next.newAllocationHash();
            epoch++;
            heirs.clear();
            nodes.forEach(ofSide -> ofSide.forEach(heirs::set));
        }
        return moved;
    }

    /// What flows have their owners by; of no use for the policy before somebody has told a rule.
    public SteeringRule rule() {
        return rule;
    }

    /// Those that have joined and, where one is gone, all others of its side.
    private void findHeirs(final int[] before) {
        heirs.clear();
        for (final Side side : Side.values()) {
            final boolean lost =
                    nodes.get(side.ordinal()).stream()
                            .anyMatch(node -> before[node] != incarnations[node]);
            for (int node = 1; node <= Member.MAX_NODE; node++) {
                if (sides[node] == side && (lost || joinedEpoch[node] == epoch)) {
                    heirs.set(node);
                }
            }
        }
    }

    private static @Nullable Side sideOf(final Role role) {
        return switch (role) {
            case INGRESS_REDIRECTOR -> Side.INGRESS;
            case EGRESS_REDIRECTOR -> Side.EGRESS;
            case BLADE -> null;
        };
    }

    /// Counts the views and rules that changed the flows' owners; 0 before the first one.
    public int epoch() {
        return epoch;
    }

    /// The live redirectors of a side, node ids in ascending order.
    public List<Integer> redirectors(final Side side) {
        return nodes.get(side.ordinal());
    }

    /// The redirectors to which the last change may have given flows, by node id; not to be
    /// changed.
    BitSet heirs() {
        return heirs;
    }

    /// Whether a redirector that pulls sees itself, the chassis and its rule as this blade does.
    boolean agrees(final int node, final SessionPull pull) {
        return isAlive(node)
                && incarnations[node] == pull.incarnation()
                && rule.epoch() == pull.ruleEpoch()
                && members.equals(pull.members());
    }

    /// The side of a live redirector, null when the node is none.
    public @Nullable Side side(final int node) {
        return node > 0 && node <= Member.MAX_NODE ? sides[node] : null;
    }

    /// The redirectors of a side, by node id.
    List<Integer> nodes(final Side side) {
        return nodes.get(side.ordinal());
    }

    boolean isAlive(final int node) {
        return side(node) != null;
    }

    /// Whether the redirector has joined after that epoch, so that it knows nothing of what was
    /// announced to a node of that id before.
    boolean hasJoinedAfter(final int node, final int thatEpoch) {
        return joinedEpoch[node] > thatEpoch;
    }

    /// The redirector that owns flows of this flow hash on this side; 0 when the side has none.
    public int owner(final Side side, final long hash) {
        return owners[side.ordinal()].owner(allocationHash.of(hash));
    }

    /// Who owns them when the owner is gone; 0 when there is no other.
    int backup(final Side side, final long hash) {
        return owners[side.ordinal()].backup(allocationHash.of(hash));
    }
}
