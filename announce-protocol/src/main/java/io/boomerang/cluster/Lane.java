package io.boomerang.cluster;

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
import io.boomerang.announce.TcpPhase;
import io.boomerang.announce.TupleLease;

/// How urgent a message is. Within a lane messages keep their order; between lanes the urgent one
/// comes first, so an announcement may overtake an older one of its flow. Whoever receives it goes
/// by flow id, version and incarnation, not by the order of arrival.
public enum Lane {
    /// What established flows and the chassis itself need: closes, moves and refreshes, sessions
    /// that were asked for, acknowledgements, bucket tables, rules. Packets that nobody answers
    /// make none of these but acknowledgements.
    URGENT,
    /// What a flood makes more of: announcements of flows that were seen from their initiator only,
    /// questions about unknown flows, answers that nobody knows them; and pages of sessions, which
    /// may not overtake the opens that were sent before them; and the comparison of digests and the
    /// offers of flows to other blades, which have time.
    DEFERRABLE;

    static Lane of(final ControlMessage message) {
        return switch (message) {
            case SessionAnnouncement announcement ->
                    announcement.phase() == TcpPhase.EMBRYONIC ? DEFERRABLE : URGENT;
            case StateAnswer(_, SessionAnnouncement session) ->
                    session == null ? DEFERRABLE : URGENT;
            case StateQuery _,
                    SessionPage _,
                    SessionDigests _,
                    DigestDifference _,
                    FlowOffer _,
                    TupleLease _ ->
                    DEFERRABLE;
            case Acknowledgement _,
                    BucketTableUpdate _,
                    EpochInstalled _,
                    SessionPull _,
                    OwnersChanged _,
                    DesiredWeight _,
                    MoveStep _,
                    FlowMoved _,
                    MoveOrder _,
                    SteeringRule _,
                    RuleInstalled _,
                    DesiredRule _ ->
                    URGENT;
        };
    }
}
