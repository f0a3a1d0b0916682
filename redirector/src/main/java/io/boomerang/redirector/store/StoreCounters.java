package io.boomerang.redirector.store;

/// What a store has done and how far it is behind.
///
/// @param rounds times it went round all slots
/// @param written records
/// @param removed records
/// @param busy slots left for the next round because their owner kept changing them
/// @param failures files given up because they could not be written
/// @param lagMs age of what the file surely holds: every change that is older is in it
public record StoreCounters(
        long rounds, long written, long removed, long busy, long failures, long lagMs) {}
