package io.boomerang.handoff.move;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Hosts of each service by turns, of those that live. One thread.
public final class RotatingHosts implements HostDirectory {
    private final Map<String, List<Integer>> hosts;
    private final Map<String, Integer> turns = new HashMap<>();
    private Set<Integer> living = new HashSet<>();

    /// @param hosts node ids by service
    public RotatingHosts(final Map<String, List<Integer>> hosts) {
        this.hosts = Map.copyOf(hosts);
    }

    /// Only these take connections from now on.
    public void setLiving(final Set<Integer> nodes) {
        living = Set.copyOf(nodes);
    }

    @Override
    public int choose(final String service, final Set<Integer> except) {
        final List<Integer> candidates = hosts.getOrDefault(service, List.of());
        final int turn = turns.getOrDefault(service, 0);
        for (int i = 0; i < candidates.size(); i++) {
            final int at = (turn + i) % candidates.size();
            final int node = candidates.get(at);
            if (living.contains(node) && !except.contains(node)) {
                turns.put(service, at + 1);
                return node;
            }
        }
        return NONE;
    }
}
