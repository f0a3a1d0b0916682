package io.boomerang.blade.session;

import io.boomerang.announce.TcpPhase;

/// What a processor remembers of one flow. One instance belongs to each place of the marker table
/// for the table's life and is cleared whenever another flow takes the place, so that the packet
/// path allocates nothing.
public interface FlowState {
    /// For processors that remember nothing.
    FlowState NONE = () -> {};

    /// Forgets the flow.
    void clear();

    /// The flow began before this process, in which all that was remembered of it is lost but how
    /// far its life had come.
    default void resume(final TcpPhase phase) {}

    /// What another blade with the same processor has to know to go on with the flow: bytes of the
    /// processor's own, which say what format they have. Empty where nothing is remembered.
    default byte[] toBytes() {
        return new byte[0];
    }

    /// Goes on where another blade has left off; false when these are no bytes that this kind of
    /// state is written as, and then all is as cleared.
    default boolean takeOver(final byte[] bytes) {
        return bytes.length == 0;
    }
}
