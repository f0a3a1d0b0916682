package io.boomerang.sim.flood;

import java.util.List;
import java.util.SequencedMap;

/// What came of a flood.
///
/// @param phases in the order of time
/// @param limits how often each limit was reached during the flood, by name
/// @param violations promises that were broken
public record FloodReport(
        List<PhaseFigures> phases, SequencedMap<String, Long> limits, List<String> violations) {

    /// What happened in one phase.
    ///
    /// @param seconds its length
    /// @param sent packets of established connections
    /// @param lost those of them that did not leave the chassis
    /// @param opened connections that clients began
    /// @param completed those of them whose handshake and first response went through at once
    /// @param floodPackets the attackers' packets and the servers' answers to them
    /// @param floodCrossed those of them that left the chassis
    /// @param urgent control messages of that lane
    /// @param deferrable the same of the other lane
    /// @param state at its end
    public record PhaseFigures(
            Phase phase,
            int seconds,
            long sent,
            long lost,
            long opened,
            long completed,
            long floodPackets,
            long floodCrossed,
            long urgent,
            long deferrable,
            FloodState state) {}
}
