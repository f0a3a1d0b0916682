package io.boomerang.blade;

import io.boomerang.announce.Acknowledgement;
import io.boomerang.announce.BucketTableUpdate;
import io.boomerang.announce.ControlMessage;
import io.boomerang.announce.DesiredRule;
import io.boomerang.announce.DesiredWeight;
import io.boomerang.announce.DigestDifference;
import io.boomerang.announce.EpochInstalled;
import io.boomerang.announce.FlowMoved;
import io.boomerang.announce.FlowOffer;
import io.boomerang.announce.MoveOrder;
import io.boomerang.announce.MoveStep;
import io.boomerang.announce.OwnersChanged;
import io.boomerang.announce.RuleInstalled;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionDigests;
import io.boomerang.announce.SessionPage;
import io.boomerang.announce.SessionPull;
import io.boomerang.announce.StateAnswer;
import io.boomerang.announce.StateQuery;
import io.boomerang.announce.SteeringRule;
import io.boomerang.announce.TupleLease;
import io.boomerang.blade.announcer.Announcer;
import io.boomerang.blade.announcer.DigestAnswers;
import io.boomerang.blade.announcer.SessionPages;
import io.boomerang.blade.mover.FlowMover;
import io.boomerang.blade.session.MarkerSession;
import io.boomerang.blade.session.MarkerTable;
import io.boomerang.cluster.ControlSender;
import io.boomerang.cluster.Member;
import io.boomerang.flow.FlowHash;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;

/// Takes what other members say to a blade to those parts of it that it is for, and counts what no
/// blade is told. Used by the blade's thread.
final class BladeMessages {
    private final Member self;
    private final MarkerTable markers;
    private final FlowHash flowHash;
    private final Announcer announcer;
    private final SessionPages pages;
    private final DigestAnswers digestAnswers;
    private final HeldFrames held;
    private final FlowMover mover;
    private final ControlSender control;

    private long unexpectedMessages;
    private long releasedUnconfirmed;
    private long givenUp;

    BladeMessages(
            final Member self,
            final MarkerTable markers,
            final FlowHash flowHash,
            final Announcer announcer,
            final SessionPages pages,
            final DigestAnswers digestAnswers,
            final HeldFrames held,
            final FlowMover mover,
            final ControlSender control) {
        this.self = self;
        this.markers = markers;
        this.flowHash = flowHash;
        this.announcer = announcer;
        this.pages = pages;
        this.digestAnswers = digestAnswers;
        this.held = held;
        this.mover = mover;
        this.control = control;
    }

    void take(final int from, final ControlMessage message, final long nowNs) {
        switch (message) {
            case final Acknowledgement acknowledgement ->
                    onAcknowledgement(from, acknowledgement, nowNs);
            case StateQuery(long queryId, FlowKey key) ->
                    control.send(
                            from,
                            new StateAnswer(
                                    queryId,
                                    pages.sessionOf(from, key, flowHash.hash(key), nowNs)));
            case final SessionPull pull -> {
                final SessionPage page = pages.take(from, pull, nowNs);
                if (page != null) {
                    control.send(from, page);
                }
            }
            case final SessionDigests digests -> digestAnswers.take(from, digests);
            case final MoveOrder order -> mover.onOrder(order);
            case final FlowOffer offer -> mover.onOffer(from, offer, nowNs);
            case final MoveStep step -> mover.onStep(from, step, nowNs);
            case final TupleLease lease -> mover.onLease(lease, nowNs);
            case final SteeringRule rule -> {
                if (announcer.follow(from, rule, nowNs)) {
                    pages.onOwnersChanged(nowNs);
                }
            }
            case SessionAnnouncement _,
                    StateAnswer _,
                    BucketTableUpdate _,
                    EpochInstalled _,
                    SessionPage _,
                    OwnersChanged _,
                    DesiredWeight _,
                    FlowMoved _,
                    DigestDifference _,
                    RuleInstalled _,
                    DesiredRule _ ->
                    unexpectedMessages++;
        }
    }

    private void onAcknowledgement(
            final int from, final Acknowledgement acknowledgement, final long nowNs) {
        mover.onAcknowledgement(from, acknowledgement, nowNs);
        final MarkerSession ready = announcer.onAcknowledgement(from, acknowledgement);
        if (isHeldByAnother(acknowledgement)) {
            giveUp(acknowledgement, nowNs);
            return;
        }
        if (ready == null) {
            return;
        }
        if (acknowledgement.outcome() != Acknowledgement.Outcome.INSTALLED) {
            releasedUnconfirmed++;
        }
        final Side farSide = ready.farSide();
        held.release(ready, announcer.directory().owner(farSide, ready.hash(farSide)), nowNs);
    }

    private boolean isHeldByAnother(final Acknowledgement acknowledgement) {
        return acknowledgement.holder() != 0
                && acknowledgement.holder() != self.node()
                && acknowledgement.incarnation() == self.incarnation();
    }

    /// Another blade has the flow under a later flow id: what is known of it here would mislead
    /// whoever asks. Redirectors that have not heard of the other one hear that it ends here. What
    /// was said before the flow came back from there is over.
    private void giveUp(final Acknowledgement acknowledgement, final long nowNs) {
        final MarkerSession marker = markers.findFlow(acknowledgement.flowId());
        if (marker != null
                && marker.residence().isHeldHere()
                && !isFromBefore(marker, acknowledgement.version())) {
            givenUp++;
            marker.endPutOff();
            markers.giveUp(marker, nowNs);
        }
    }

    /// Whether that version of the flow was announced before the flow came here.
    private static boolean isFromBefore(final MarkerSession marker, final int version) {
        return version != SessionAnnouncement.UNANNOUNCED
                && (short) (version - marker.openVersion()) < 0;
    }

    /// Messages that are not for blades.
    long unexpectedMessages() {
        return unexpectedMessages;
    }

    /// Held frames that were let go although the far side did not say that it knows their flow.
    long releasedUnconfirmed() {
        return releasedUnconfirmed;
    }

    /// Flows that this blade has given up because another one has them.
    long givenUp() {
        return givenUp;
    }
}
