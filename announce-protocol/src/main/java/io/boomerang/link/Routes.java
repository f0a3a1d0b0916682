package io.boomerang.link;

import java.util.Arrays;

/// The shortest way from one node to each other one, as its first step. Where several are equally
/// short, a hash of both ends and the node in question chooses, so that not all frames of a chassis
/// take one detour, and all frames of a pair of nodes take the same one.
final class Routes {
    private final int self;
    private final int[] nextHops;
    private final long[] reached;
    private final long[] layer;
    private final long[] nextLayer;

    Routes(final int self, final int maxNode) {
        this.self = self;
        nextHops = new int[maxNode + 1];
        final int words = (maxNode >>> 6) + 1;
        reached = new long[words];
        layer = new long[words];
        nextLayer = new long[words];
    }

    /// The neighbour to whom a frame for `node` goes, the node itself where that hears us; 0 when
    /// there is no way.
    int nextHop(final int node) {
        return nextHops[node];
    }

    /// @param members all of them, this node included
    void compute(final Peer[] members) {
        Arrays.fill(nextHops, 0);
        Arrays.fill(reached, 0);
        Arrays.fill(layer, 0);
        nextHops[self] = self;
        add(layer, self);
        add(reached, self);
        for (int links = 1; links <= LinkState.MAX_LINKS; links++) {
            if (!grow(members, links == 1)) {
                return;
            }
            System.arraycopy(nextLayer, 0, layer, 0, layer.length);
        }
    }

    /// Finds the nodes one link farther away; false when there are none.
    private boolean grow(final Peer[] members, final boolean neighbours) {
        Arrays.fill(nextLayer, 0);
        boolean grown = false;
        for (final Peer peer : members) {
            if (!peer.isLost && !has(reached, peer.node)) {
                final int before = predecessor(peer);
                if (before != 0) {
                    nextHops[peer.node] = neighbours ? peer.node : nextHops[before];
                    add(nextLayer, peer.node);
                    grown = true;
                }
            }
        }
        for (int i = 0; i < reached.length; i++) {
            reached[i] |= nextLayer[i];
        }
        return grown;
    }

    /// The node of the last layer that the peer hears, 0 when there is none.
    private int predecessor(final Peer peer) {
        int best = 0;
        long bestWeight = 0;
        for (int i = 0; i < layer.length; i++) {
            for (long heard = layer[i] & ~peer.silent[i]; heard != 0; heard &= heard - 1) {
                final int node = i << 6 | Long.numberOfTrailingZeros(heard);
                final long weight = weight(node, peer.node);
                if (best == 0 || weight < bestWeight) {
                    best = node;
                    bestWeight = weight;
                }
            }
        }
        return best;
    }

    /// Every bit of the three node ids moves every bit of it (the finalizer of MurmurHash3).
    private long weight(final int node, final int destination) {
        long mixed = (long) self << 32 | (long) node << 16 | destination;
        mixed = (mixed ^ mixed >>> 33) * 0xFF51AFD7ED558CCDL;
        mixed = (mixed ^ mixed >>> 33) * 0xC4CEB9FE1A85EC53L;
        return mixed ^ mixed >>> 33;
    }

    private static void add(final long[] set, final int node) {
        set[node >>> 6] |= 1L << node;
    }

    private static boolean has(final long[] set, final int node) {
        return (set[node >>> 6] & 1L << node) != 0;
    }
}
