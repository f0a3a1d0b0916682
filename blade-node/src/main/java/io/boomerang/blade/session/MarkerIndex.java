package io.boomerang.blade.session;

import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;

import org.jspecify.annotations.Nullable;

/// Markers by their key on one side of the chassis: chains through the markers, allocation-free. At
/// most one marker has a given key here.
@SuppressWarnings("EnumOrdinal") // arrays by side, within one process
final class MarkerIndex {
    private final Side keySide;
    private final int side;
    private final @Nullable MarkerSession[] chains;
    private final int mask;

    MarkerIndex(final Side keySide, final int chainCount) {
        this.keySide = keySide;
        side = keySide.ordinal();
        chains = new MarkerSession[chainCount];
        mask = chainCount - 1;
    }

    @Nullable MarkerSession find(final FlowKey key, final long hash) {
        MarkerSession marker = chains[(int) hash & mask];
        while (marker != null && !(hash(marker) == hash && key(marker).equals(key))) {
            marker = marker.nextByKey[side];
        }
        return marker;
    }

    /// Enters a marker under its key; false when another one has that key.
    boolean add(final MarkerSession marker) {
        final long hash = hash(marker);
        if (find(key(marker), hash) != null) {
            return false;
        }
        final int chain = (int) hash & mask;
        marker.nextByKey[side] = chains[chain];
        chains[chain] = marker;
        marker.indexed[side] = true;
        return true;
    }

    void remove(final MarkerSession marker) {
        if (!marker.indexed[side]) {
            return;
        }
        final int chain = (int) hash(marker) & mask;
        MarkerSession before = null;
        MarkerSession at = chains[chain];
        while (at != null && at != marker) {
            before = at;
            at = at.nextByKey[side];
        }
        assert at == marker : "marker is indexed but not in its chain";
        if (before == null) {
            chains[chain] = marker.nextByKey[side];
        } else {
            before.nextByKey[side] = marker.nextByKey[side];
        }
        marker.nextByKey[side] = null;
        marker.indexed[side] = false;
    }

    private long hash(final MarkerSession marker) {
        return marker.hash(keySide);
    }

    private FlowKey key(final MarkerSession marker) {
        return marker.key(keySide);
    }
}
