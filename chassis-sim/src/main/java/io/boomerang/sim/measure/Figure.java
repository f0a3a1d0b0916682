package io.boomerang.sim.measure;

import io.boomerang.sim.report.Latency;

/// What a redirector installed within a time.
///
/// @param perSecond sessions
/// @param latency from the blade to the session
/// @param stalls of the machine meanwhile, which are part of the latency
public record Figure(double perSecond, Latency latency, Latency stalls) {}
