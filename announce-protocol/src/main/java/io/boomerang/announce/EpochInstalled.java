package io.boomerang.announce;

/// A redirector tells the allocator that it steers by the bucket table of this epoch.
///
/// @param epoch of the table
public record EpochInstalled(long epoch) implements ControlMessage {}
