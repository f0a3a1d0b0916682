package io.boomerang.sim.replay;

import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.backplane.Purpose;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.ParseReason;
import io.boomerang.flow.Side;
import io.boomerang.redirector.session.Installation;
import io.boomerang.redirector.steering.Decision;
import io.boomerang.redirector.steering.DropReason;
import io.boomerang.sim.chassis.ChassisObserver;

import java.lang.foreign.MemorySegment;

/// Tells two observers what it hears, the first one first.
record ObserverFan(ChassisObserver first, ChassisObserver second) implements ChassisObserver {
    @Override
    public void onEntering(
            final int redirector,
            final Side side,
            final MemorySegment frame,
            final long offset,
            final int length,
            final long packetNumber,
            final long nowNs) {
        first.onEntering(redirector, side, frame, offset, length, packetNumber, nowNs);
        second.onEntering(redirector, side, frame, offset, length, packetNumber, nowNs);
    }

    @Override
    public void onLeaving(
            final int redirector,
            final Side side,
            final MemorySegment frame,
            final long offset,
            final int length,
            final long nowNs) {
        first.onLeaving(redirector, side, frame, offset, length, nowNs);
        second.onLeaving(redirector, side, frame, offset, length, nowNs);
    }

    @Override
    public void onNoPath(final int fromNode, final int toNode, final long nowNs) {
        first.onNoPath(fromNode, toNode, nowNs);
        second.onNoPath(fromNode, toNode, nowNs);
    }

    @Override
    public void onBackplane(
            final int fromNode,
            final int toNode,
            final MemorySegment datagram,
            final long offset,
            final int length,
            final long nowNs) {
        first.onBackplane(fromNode, toNode, datagram, offset, length, nowNs);
        second.onBackplane(fromNode, toNode, datagram, offset, length, nowNs);
    }

    @Override
    public void onSteered(
            final int redirector,
            final long packetNumber,
            final Decision decision,
            final FlowKey key,
            final long flowId,
            final int blade,
            final long nowNs) {
        first.onSteered(redirector, packetNumber, decision, key, flowId, blade, nowNs);
        second.onSteered(redirector, packetNumber, decision, key, flowId, blade, nowNs);
    }

    @Override
    public void onHeld(
            final int redirector,
            final long packetNumber,
            final Purpose waitingFor,
            final long nowNs) {
        first.onHeld(redirector, packetNumber, waitingFor, nowNs);
        second.onHeld(redirector, packetNumber, waitingFor, nowNs);
    }

    @Override
    public void onForwarded(
            final int redirector,
            final long packetNumber,
            final Purpose purpose,
            final int toRedirector,
            final long nowNs) {
        first.onForwarded(redirector, packetNumber, purpose, toRedirector, nowNs);
        second.onForwarded(redirector, packetNumber, purpose, toRedirector, nowNs);
    }

    @Override
    public void onBridged(
            final int redirector,
            final long packetNumber,
            final ParseReason reason,
            final long nowNs) {
        first.onBridged(redirector, packetNumber, reason, nowNs);
        second.onBridged(redirector, packetNumber, reason, nowNs);
    }

    @Override
    public void onDropped(
            final int redirector,
            final long packetNumber,
            final DropReason reason,
            final ParseReason detail,
            final long nowNs) {
        first.onDropped(redirector, packetNumber, reason, detail, nowNs);
        second.onDropped(redirector, packetNumber, reason, detail, nowNs);
    }

    @Override
    public void onEmitted(final int redirector, final long packetNumber, final long nowNs) {
        first.onEmitted(redirector, packetNumber, nowNs);
        second.onEmitted(redirector, packetNumber, nowNs);
    }

    @Override
    public void onAnnounced(
            final int redirector,
            final int from,
            final SessionAnnouncement announcement,
            final Installation installation,
            final boolean carried,
            final long nowNs) {
        first.onAnnounced(redirector, from, announcement, installation, carried, nowNs);
        second.onAnnounced(redirector, from, announcement, installation, carried, nowNs);
    }

    @Override
    public void onBroken(
            final int redirector, final FlowKey key, final int deadBlade, final long nowNs) {
        first.onBroken(redirector, key, deadBlade, nowNs);
        second.onBroken(redirector, key, deadBlade, nowNs);
    }

    @Override
    public void onQueried(
            final int redirector, final FlowKey key, final boolean found, final long nowNs) {
        first.onQueried(redirector, key, found, nowNs);
        second.onQueried(redirector, key, found, nowNs);
    }

    @Override
    public void onDelivered(
            final int blade,
            final long packetNumber,
            final long flowId,
            final Side arrivalSide,
            final long nowNs) {
        first.onDelivered(blade, packetNumber, flowId, arrivalSide, nowNs);
        second.onDelivered(blade, packetNumber, flowId, arrivalSide, nowNs);
    }

    @Override
    public void onParked(final int blade, final long packetNumber, final long nowNs) {
        first.onParked(blade, packetNumber, nowNs);
        second.onParked(blade, packetNumber, nowNs);
    }

    @Override
    public void onVerdict(
            final int blade,
            final long packetNumber,
            final ProcessorVerdict verdict,
            final long nowNs) {
        first.onVerdict(blade, packetNumber, verdict, nowNs);
        second.onVerdict(blade, packetNumber, verdict, nowNs);
    }

    @Override
    public void onAnnouncementSent(
            final int blade,
            final int redirector,
            final SessionAnnouncement announcement,
            final boolean carried,
            final long nowNs) {
        first.onAnnouncementSent(blade, redirector, announcement, carried, nowNs);
        second.onAnnouncementSent(blade, redirector, announcement, carried, nowNs);
    }
}
