package io.boomerang.sim.handoff;

import io.boomerang.flow.FlowKey;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Watches who holds each connection. It knows nothing of transfers: it hears from the stacks when
/// they accept, take over, go on with or give up a connection, and from the run who dies.
final class MoveWitness implements StackObserver {
    private static final int MOST_VIOLATIONS = 20;
    private static final double NS_PER_MS = 1e6;

    private final List<String> violations = new ArrayList<>();
    private final Map<FlowKey, Integer> holders = new HashMap<>();
    private final Map<InetSocketAddress, FlowKey> clients = new HashMap<>();
    private final Set<FlowKey> excused = new HashSet<>();
    private final BitSet dead = new BitSet();
    private long moves;
    private long kept;
    private long lost;
    private long strays;

    void watch(final InetSocketAddress client, final FlowKey key) {
        clients.put(client, key);
    }

    FlowKey keyOf(final InetSocketAddress client) {
        final FlowKey key = clients.get(client);
        if (key == null) {
            throw new IllegalStateException(client + " is no client of this run");
        }
        return key;
    }

    void accuse(final long nowNs, final String what) {
        if (violations.size() < MOST_VIOLATIONS) {
            violations.add(String.format(Locale.ROOT, "%.3f ms: %s", nowNs / NS_PER_MS, what));
        }
    }

    @Override
    public void onAccepted(final int node, final FlowKey key) {
        holders.put(key, node);
    }

    @Override
    public void onLive(final int node, final FlowKey key, final long nowNs) {
        moves++;
        final Integer before = holders.put(key, node);
        if (before != null && before == node) {
            accuse(nowNs, key + " went live twice on node " + node);
        }
        // Its former blade's death did not end it.
        excused.remove(key);
    }

    @Override
    public void onKept(final int node, final FlowKey key, final long nowNs) {
        kept++;
        final Integer holder = holders.get(key);
        if (holder == null || holder != node) {
            accuse(nowNs, key + " goes on at node " + node + ", but node " + holder + " has it");
        }
    }

    @Override
    public void onLost(final int node, final FlowKey key, final long nowNs) {
        lost++;
        final Integer holder = holders.get(key);
        if (holder != null && holder != node && !dead.get(holder)) {
            accuse(nowNs, key + " is lost at node " + node + ", but node " + holder + " has it");
        }
        excused.add(key);
    }

    @Override
    public void onStray(final int node, final FlowKey key, final long nowNs) {
        strays++;
        if (!excused.contains(key)) {
            accuse(
                    nowNs,
                    key + " is reset by node " + node + ", node " + holders.get(key) + " has it");
        }
    }

    /// Connections end with the blade that holds them.
    void onDeath(final int node) {
        dead.set(node);
        holders.forEach((key, holder) -> {
            if (holder == node) {
                excused.add(key);
            }
        });
    }

    boolean isExcused(final FlowKey key) {
        return excused.contains(key);
    }

    /// Whether the blade that has the connection lives.
    boolean isHeld(final FlowKey key) {
        final Integer holder = holders.get(key);
        return holder != null && !dead.get(holder);
    }

    int excusedCount() {
        return excused.size();
    }

    long moves() {
        return moves;
    }

    long kept() {
        return kept;
    }

    long lost() {
        return lost;
    }

    long strays() {
        return strays;
    }

    List<String> violations() {
        return List.copyOf(violations);
    }
}
