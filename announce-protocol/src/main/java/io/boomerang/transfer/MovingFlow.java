package io.boomerang.transfer;

import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.flow.FlowKey;

/// The flow of a connection that moves, as a redirector has to know it.
///
/// @param key of the flow where its client's packets come in
/// @param flowId that marks its packets
/// @param version of its session, 0 to 65,535
public record MovingFlow(FlowKey key, long flowId, int version) {
    /// What the host's session will have: newer than whatever the classifier has announced.
    public MovingFlow moved() {
        return new MovingFlow(key, flowId, SessionAnnouncement.versionAfter(version, 1));
    }
}
