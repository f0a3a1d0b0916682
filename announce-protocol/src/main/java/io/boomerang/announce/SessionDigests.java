package io.boomerang.announce;

import java.util.List;

/// A redirector tells a blade the digests of the sessions that it has from it, of those that it
/// owns or backs up and that were seen from both ends. A blade that sees the same chassis answers
/// with a {@link DigestDifference}.
///
/// Known since format 2; not sent where a member reads older ones only.
///
/// @param round what the redirector would pull the sessions with that differ
/// @param sums {@link PartitionSums#PARTITIONS} digests
public record SessionDigests(SessionPull round, List<Long> sums) implements ControlMessage {
    public static final int FIRST_FORMAT = 2;

    public SessionDigests {
        sums = List.copyOf(sums);
        if (round.partitions() != SessionPull.EVERYTHING) {
            throw new IllegalArgumentException("digests are of all partitions, not of " + round);
        }
        if (sums.size() != PartitionSums.PARTITIONS) {
            throw new IllegalArgumentException(sums.size() + " digests, not one of each partition");
        }
    }

    @Override
    public int firstFormat() {
        return FIRST_FORMAT;
    }
}
