package io.boomerang.announce;

/// Everything that nodes say to each other on the control plane. Closed: whoever receives one
/// switches over it without a default.
public sealed interface ControlMessage
        permits SessionAnnouncement,
                Acknowledgement,
                StateQuery,
                StateAnswer,
                BucketTableUpdate,
                EpochInstalled,
                SessionPull,
                SessionPage,
                OwnersChanged,
                DesiredWeight,
                SessionDigests,
                DigestDifference,
                FlowOffer,
                MoveStep,
                FlowMoved,
                MoveOrder,
                TupleLease,
                SteeringRule,
                RuleInstalled,
                DesiredRule {
    /// The format that all messages had from the beginning.
    int FIRST_FORMAT = 1;

    /// The first format that has this message: it is not for a chassis in which a member reads none
    /// but older ones.
    default int firstFormat() {
        return FIRST_FORMAT;
    }
}
