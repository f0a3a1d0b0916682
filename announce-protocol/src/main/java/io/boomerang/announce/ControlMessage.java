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
                DigestDifference {}
