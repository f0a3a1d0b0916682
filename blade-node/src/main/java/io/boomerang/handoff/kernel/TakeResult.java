package io.boomerang.handoff.kernel;

/// What {@link KernelTcp#take} did.
public sealed interface TakeResult {
    /// The connection stands still and its state is known.
    record Taken(FrozenConnection connection) implements TakeResult {}

    /// The connection goes on where it was.
    record Refused(String reason) implements TakeResult {}
}
