package io.boomerang.announce;

import java.util.List;

/// A redirector asks another node for a page of the sessions that the asker owns or backs up:
/// because it has joined, has inherited flows, or may have missed some. Whoever is asked answers
/// only when it sees the same chassis as the asker and goes by the same rule, which repeats until
/// then: one of the two may have stood still, or be about to hear of a member that came or went.
///
/// @param pullId the asker's, the same for all nodes that it asks for one reason
/// @param cursor 0 for the first page, else {@link SessionPage#next} of the page before
/// @param incarnation of the asker
/// @param members of the chassis as the asker sees it, node ids in ascending order
/// @param partitions {@link #EVERYTHING}; or, since format 2, a bit for each of the {@link
///   PartitionSums} of which those sessions are wanted, and their ends, that {@link SessionDigests}
///   are made of
/// @param ruleEpoch of the {@link SteeringRule} that the asker goes by; since format 2, in which
///   alone it is not 0
public record SessionPull(
        int pullId,
        int cursor,
        int incarnation,
        List<Integer> members,
        long partitions,
        long ruleEpoch)
        implements ControlMessage {
    /// Every session of every partition.
    public static final long EVERYTHING = 0;

    /// A pull of all sessions.
    public SessionPull(
            final int pullId,
            final int cursor,
            final int incarnation,
            final List<Integer> members) {
        this(pullId, cursor, incarnation, members, EVERYTHING);
    }

    /// A pull by the rule that all members were started with.
    public SessionPull(
            final int pullId,
            final int cursor,
            final int incarnation,
            final List<Integer> members,
            final long partitions) {
        this(pullId, cursor, incarnation, members, partitions, 0);
    }

    public SessionPull {
        members = List.copyOf(members);
        int before = 0;
        for (final int member : members) {
            if (member <= before || member > 0xFFFF) {
                throw new IllegalArgumentException(
                        "members " + members + " are no node ids in ascending order");
            }
            before = member;
        }
    }

    @Override
    public int firstFormat() {
        return partitions == EVERYTHING && ruleEpoch == 0
                ? FIRST_FORMAT
                : SteeringRule.FIRST_FORMAT;
    }
}
