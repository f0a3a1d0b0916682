package io.boomerang.sim.churn;

/// What is simulated.
///
/// @param servers that flows are spread over
/// @param connections at the same time, at most; they come as often as it takes to have so many
/// @param seconds of simulated time
/// @param durations of connections
/// @param downtimes of a server that is taken away, until it is back
/// @param redirectors on the side where connections come in
/// @param redirectorDies whether one of them does after half of the time
/// @param seed of everything random
public record ChurnPlan(
        int servers,
        int connections,
        double seconds,
        Distribution durations,
        Distribution downtimes,
        int redirectors,
        boolean redirectorDies,
        long seed) {}
