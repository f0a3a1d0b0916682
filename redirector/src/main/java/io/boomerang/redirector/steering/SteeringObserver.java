package io.boomerang.redirector.steering;

import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.backplane.Purpose;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.ParseReason;
import io.boomerang.redirector.session.Installation;

/// Hears what a redirector decides, packet by packet. Called on the packet path by the redirector's
/// thread: it copies what it keeps and is quick. Keys are the redirector's own and change after the
/// call.
public interface SteeringObserver {
    /// Hears nothing.
    SteeringObserver NONE = new SteeringObserver() {};

    /// The packet goes to a blade.
    default void onSteered(
            final int redirector,
            final long packetNumber,
            final Decision decision,
            final FlowKey key,
            final long flowId,
            final int blade,
            final long nowNs) {}

    /// The packet waits: for the first fragment of its datagram, or for the blades' answers.
    default void onHeld(
            final int redirector,
            final long packetNumber,
            final Purpose waitingFor,
            final long nowNs) {}

    /// The packet goes to another redirector, which knows more.
    default void onForwarded(
            final int redirector,
            final long packetNumber,
            final Purpose purpose,
            final int toRedirector,
            final long nowNs) {}

    /// The frame has no flow and crosses to the other side untouched.
    default void onBridged(
            final int redirector,
            final long packetNumber,
            final ParseReason reason,
            final long nowNs) {}

    default void onDropped(
            final int redirector,
            final long packetNumber,
            final DropReason reason,
            final ParseReason detail,
            final long nowNs) {}

    /// The frame left through the redirector's outside port.
    default void onEmitted(final int redirector, final long packetNumber, final long nowNs) {}

    /// An announcement arrived; `carried` tells that it rode on a packet.
    default void onAnnounced(
            final int redirector,
            final int from,
            final SessionAnnouncement announcement,
            final Installation installation,
            final boolean carried,
            final long nowNs) {}

    /// A session whose blade had died was met by a packet: the flow is broken, the packet gets a
    /// new blade.
    default void onBroken(
            final int redirector, final FlowKey key, final int deadBlade, final long nowNs) {}

    /// A packet that did not open a flow found no session; true when a blade then said that it held
    /// the flow.
    default void onQueried(
            final int redirector, final FlowKey key, final boolean found, final long nowNs) {}
}
