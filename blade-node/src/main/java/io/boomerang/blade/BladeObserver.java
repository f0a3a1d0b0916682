package io.boomerang.blade;

import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.flow.Side;

/// Hears what happens on a blade, packet by packet. Called on the packet path by the blade's
/// thread: it copies what it keeps and is quick.
public interface BladeObserver {
    /// Hears nothing.
    BladeObserver NONE = new BladeObserver() {};

    /// A frame has reached the blade; nothing has judged it yet.
    ///
    /// @param packetNumber as the redirector gave it, 0 for none
    default void onDelivered(
            final int blade,
            final long packetNumber,
            final long flowId,
            final Side arrivalSide,
            final long nowNs) {}

    /// What became of a delivered frame, once for each: `PASS` when it is handed to the backplane,
    /// a drop otherwise. A frame that is held hears nothing until it is released or dropped. Of one
    /// that a device has taken nothing more is heard; what comes out has no number.
    default void onVerdict(
            final int blade,
            final long packetNumber,
            final ProcessorVerdict verdict,
            final long nowNs) {}

    /// A frame waits on the blade because its flow moves to another blade or comes from one. It is
    /// delivered, here or there, or a verdict follows.
    default void onParked(final int blade, final long packetNumber, final long nowNs) {}

    /// An announcement leaves the blade, repetitions included; `carried` when it rides on a packet.
    default void onAnnouncementSent(
            final int blade,
            final int redirector,
            final SessionAnnouncement announcement,
            final boolean carried,
            final long nowNs) {}
}
