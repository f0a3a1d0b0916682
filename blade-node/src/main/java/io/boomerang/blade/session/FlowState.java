package io.boomerang.blade.session;

/// What a processor remembers of one flow. One instance belongs to each place of the marker table
/// for the table's life and is cleared whenever another flow takes the place, so that the packet
/// path allocates nothing.
public interface FlowState {
    /// For processors that remember nothing.
    FlowState NONE = () -> {};

    /// Forgets the flow.
    void clear();
}
