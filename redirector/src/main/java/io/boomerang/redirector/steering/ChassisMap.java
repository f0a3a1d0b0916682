package io.boomerang.redirector.steering;

import io.boomerang.announce.SelectionPolicy;
import io.boomerang.announce.SteeringRule;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.Member;
import io.boomerang.cluster.Member.Role;
import io.boomerang.flow.AllocationHash;
import io.boomerang.flow.Side;
import io.boomerang.redirector.forwarder.Liveness;

import java.util.Arrays;
import java.util.List;

/// Who is where, as one cluster view tells it: the redirectors of each side with their ownership,
/// which the rule tells, and the live blades. Immutable; a new view or rule makes a new map.
public final class ChassisMap implements Liveness {
    /// A chassis without members, before the first view.
    public static final ChassisMap EMPTY = new ChassisMap(new ClusterView(0, List.of()));

    private final ClusterView view;
    private final long ruleEpoch;
    private final AllocationHash allocationHash;
    private final List<Integer> members;
    private final int[] ingress;
    private final int[] egress;
    private final int[] blades;
    private final Ownership ingressOwners;
    private final Ownership egressOwners;
    private final Ownership bladeOrder;
    private final boolean merged;
    private final int format;
    private final int[] incarnations = new int[Member.MAX_NODE + 1];

    /// By the rule that all members were started with.
    public ChassisMap(final ClusterView view) {
        this(view, SteeringRule.initial(SelectionPolicy.BUCKETS));
    }

    ChassisMap(final ClusterView view, final SteeringRule rule) {
        this.view = view;
        ruleEpoch = rule.epoch();
        allocationHash = rule.newAllocationHash();
        merged = view.merged();
        format = view.format();
        members = view.members().stream().map(Member::node).sorted().toList();
        ingress = nodes(view, Role.INGRESS_REDIRECTOR);
        egress = nodes(view, Role.EGRESS_REDIRECTOR);
        blades = nodes(view, Role.BLADE);
        ingressOwners = new Ownership(ingress);
        egressOwners = new Ownership(egress);
        bladeOrder = new Ownership(blades);
        Arrays.fill(incarnations, -1);
        for (final Member member : view.members()) {
            incarnations[member.node()] = member.incarnation();
        }
    }

    private static int[] nodes(final ClusterView view, final Role role) {
        return view.members().stream()
                .filter(member -> member.role() == role)
                .mapToInt(Member::node)
                .sorted()
                .toArray();
    }

    /// The same members by another rule.
    ChassisMap under(final SteeringRule rule) {
        return new ChassisMap(view, rule);
    }

    /// The epoch of the rule by which flows have their owners here.
    long ruleEpoch() {
        return ruleEpoch;
    }

    /// The side a redirector stands on.
    public static Side sideOf(final Role role) {
        return switch (role) {
            case INGRESS_REDIRECTOR -> Side.INGRESS;
            case EGRESS_REDIRECTOR -> Side.EGRESS;
            case BLADE -> throw new IllegalArgumentException("a blade stands on no side");
        };
    }

    /// Whether parts of the chassis that did not see each other became one with this view.
    boolean isMerged() {
        return merged;
    }

    /// The newest format of messages that all members read.
    int format() {
        return format;
    }

    public boolean isAlive(final int node) {
        return node > 0 && node <= Member.MAX_NODE && incarnations[node] >= 0;
    }

    /// Whether the node lives and has not started anew since.
    @Override
    public boolean isAlive(final int node, final int incarnation) {
        return isAlive(node) && incarnations[node] == incarnation;
    }

    /// The incarnation of a live node; negative for others.
    @Override
    public int incarnation(final int node) {
        return isAlive(node) ? incarnations[node] : -1;
    }

    /// The redirector of `side` that owns flows of this flow hash, 0 when there is none.
    public int owner(final Side side, final long hash) {
        return owners(side).owner(allocationHash.of(hash));
    }

    /// The redirector that takes over when the owner dies, 0 when there is none.
    public int backup(final Side side, final long hash) {
        return owners(side).backup(allocationHash.of(hash));
    }

    /// The redirector of `side` where the fragments of a datagram meet, 0 when there is none. A new
    /// rule does not change it: it would part the fragments of a datagram.
    int datagramOwner(final Side side, final long hash) {
        return owners(side).owner(hash);
    }

    private Ownership owners(final Side side) {
        return side == Side.INGRESS ? ingressOwners : egressOwners;
    }

    /// The redirector of `side` through which frames without a flow cross, 0 when there is none.
    public int bridge(final Side side) {
        final int[] nodes = redirectors(side);
        return nodes.length == 0 ? 0 : nodes[0];
    }

    /// Node ids in ascending order; not to be changed.
    public int[] redirectors(final Side side) {
        return side == Side.INGRESS ? ingress : egress;
    }

    /// The node ids of all members in ascending order.
    List<Integer> members() {
        return members;
    }

    /// Node ids in ascending order; not to be changed.
    public int[] blades() {
        return blades;
    }

    public boolean isBlade(final int node) {
        return Arrays.binarySearch(blades, node) >= 0;
    }

    /// A live blade that every redirector computes alike, 0 when there is none.
    public int anyBlade(final long hash) {
        return bladeOrder.owner(hash);
    }

    /// The redirector that allocates buckets: the one with the smallest node id, 0 when there is
    /// none.
    public int allocator() {
        if (ingress.length == 0 || egress.length == 0) {
            return ingress.length + egress.length == 0
                    ? 0
                    : ingress.length == 0 ? egress[0] : ingress[0];
        }
        return Math.min(ingress[0], egress[0]);
    }
}
