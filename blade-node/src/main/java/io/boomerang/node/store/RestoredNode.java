package io.boomerang.node.store;

import io.boomerang.redirector.store.Restoration;

import java.util.List;

/// What a node had left from an earlier run.
///
/// @param name of the node
/// @param taken sessions that it has again
/// @param over sessions whose time was up meanwhile, or that were known better already
/// @param damaged records that were left out
/// @param setAside why each file was not taken at all
public record RestoredNode(
        String name, long taken, long over, long damaged, List<String> setAside) {
    public RestoredNode {
        setAside = List.copyOf(setAside);
    }

    /// Whether there was anything.
    public boolean hasFoundAny() {
        return taken + over + damaged > 0 || !setAside.isEmpty();
    }

    /// Of what was found and taken.
    ///
    /// @param taken sessions that the node has again
    public static RestoredNode of(
            final String name, final long taken, final Restoration restoration) {
        return new RestoredNode(
                name,
                taken,
                restoration.records() - taken,
                restoration.damaged(),
                restoration.setAside());
    }
}
