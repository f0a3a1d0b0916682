package io.boomerang.redirector.store;

import java.util.List;

/// What was found in the files of a node.
///
/// @param records that were whole and made sense
/// @param damaged that were not, and were left out
/// @param setAside why each file was not taken at all
public record Restoration(long records, long damaged, List<String> setAside) {
    public Restoration {
        setAside = List.copyOf(setAside);
    }
}
