package io.boomerang.sim.churn;

/// What became of the connections at one rate of updates. A connection counts as broken as often as
/// it was sent to another server while its own stayed up.
///
/// @param updatesPerMinute how often a server was taken away
/// @param connections that came
/// @param maglevBroken with a Maglev table alone
/// @param chainedBroken with a Maglev table and daisy chaining
/// @param expectedBroken by the closed form: each update gives 1/N of the flows to another server
/// @param sessionsBroken with buckets and announced sessions, that is, ours
/// @param sessionsMoved with these, connections whose server went away
public record ChurnResult(
        double updatesPerMinute,
        long connections,
        long maglevBroken,
        long chainedBroken,
        double expectedBroken,
        long sessionsBroken,
        long sessionsMoved) {}
