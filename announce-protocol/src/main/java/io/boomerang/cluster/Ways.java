package io.boomerang.cluster;

import org.jgroups.Address;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Whom a member reaches over whom at one moment. Immutable: a view makes a new one, and so does
/// every change of the ways.
final class Ways {
    static final Ways NONE = new Ways(List.of(), new TreeMap<>(), Map.of(), Map.of());

    /// All of the view, this member included.
    private final List<Address> view;

    /// Those who take part in relaying, by node id.
    private final SortedMap<Integer, Address> addresses;

    private final Map<Address, Integer> nodes;

    /// The first member of the way to each one that is not reached directly.
    private final Map<Address, Address> detours;

    private Ways(
            final List<Address> view,
            final SortedMap<Integer, Address> addresses,
            final Map<Address, Integer> nodes,
            final Map<Address, Address> detours) {
        this.view = view;
        this.addresses = addresses;
        this.nodes = nodes;
        this.detours = detours;
    }

    /// All links work, as far as anybody knows.
    ///
    /// @param addresses of those who take part in relaying, by node id
    static Ways direct(final List<Address> view, final SortedMap<Integer, Address> addresses) {
        final Map<Address, Integer> nodes = new HashMap<>();
        addresses.forEach((node, address) -> nodes.put(address, node));
        return new Ways(List.copyOf(view), new TreeMap<>(addresses), nodes, Map.of());
    }

    /// The same members by these detours.
    Ways by(final Map<Address, Address> newDetours) {
        return new Ways(view, addresses, nodes, Map.copyOf(newDetours));
    }

    boolean isDirect() {
        return detours.isEmpty();
    }

    /// The member over whom messages for this one go; null when they go directly, be it that
    /// nothing better is known.
    @Nullable Address detour(final Address destination) {
        return detours.get(destination);
    }

    Map<Address, Address> detours() {
        return detours;
    }

    List<Address> view() {
        return view;
    }

    /// In ascending order.
    int[] nodes() {
        return addresses.keySet().stream().mapToInt(Integer::intValue).toArray();
    }

    /// The node of a member that takes part; null for others.
    @Nullable Integer node(final Address address) {
        return nodes.get(address);
    }

    /// The member that takes part as this node; null when there is none.
    @Nullable Address address(final int node) {
        return addresses.get(node);
    }

    /// The member that a header tells; null when there is none now.
    @Nullable Address address(final short node, final short tag) {
        final Address address = addresses.get(Short.toUnsignedInt(node));
        return address != null && RelayHeader.tag(address) == tag ? address : null;
    }

    /// Up to `count` members that could relay something from one member to another; others as
    /// `turn` grows.
    List<Address> relays(final Address from, final Address to, final int count, final int turn) {
        final List<Address> relays = new ArrayList<>(count);
        final int size = view.size();
        for (int i = 0; i < size && relays.size() < count; i++) {
            final Address candidate = view.get(Math.floorMod(turn + i, size));
            if (nodes.containsKey(candidate) && !candidate.equals(from) && !candidate.equals(to)) {
                relays.add(candidate);
            }
        }
        return relays;
    }
}
