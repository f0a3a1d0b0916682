package io.boomerang.sim.chassis;

import io.boomerang.cluster.BatchingSender;

/// What all nodes of a chassis have given to the control plane so far.
///
/// @param urgent messages of that lane
/// @param deferrable the same of the other one
/// @param deferredDropped deferrable messages that found the queue to their node full
/// @param deferredNow deferrable messages that wait
/// @param bytes of the batches with their headers
public record ControlTraffic(
        long urgent, long deferrable, long deferredDropped, long deferredNow, long bytes) {
    static final ControlTraffic NONE = new ControlTraffic(0, 0, 0, 0, 0);

    ControlTraffic plus(final BatchingSender.Counters counters) {
        return new ControlTraffic(
                urgent + counters.urgent(),
                deferrable + counters.deferrable(),
                deferredDropped + counters.deferredDropped(),
                deferredNow + counters.deferredNow(),
                bytes + counters.bytes());
    }
}
