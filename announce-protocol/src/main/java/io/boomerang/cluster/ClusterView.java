package io.boomerang.cluster;

import io.boomerang.announce.FormatRange;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Who is in the chassis, as agreed by those who are.
///
/// @param id grows from view to view
/// @param members ordered by node id
/// @param merged whether parts of the chassis that did not see each other became one with this view
public record ClusterView(long id, List<Member> members, boolean merged) {
    public ClusterView(final long id, final List<Member> members) {
        this(id, members, false);
    }

    public ClusterView {
        members = List.copyOf(members);
        for (int i = 1; i < members.size(); i++) {
            if (members.get(i - 1).node() >= members.get(i).node()) {
                throw new IllegalArgumentException("members are not ordered by node: " + members);
            }
        }
    }

    /// The newest format that all members read, in which everyone writes.
    public int format() {
        int format = FormatRange.CURRENT.newest();
        for (final Member member : members) {
            format = Math.min(format, member.formats().newest());
        }
        return format;
    }

    /// The member with this node id; null when there is none.
    public @Nullable Member member(final int node) {
        int low = 0;
        int high = members.size() - 1;
        while (low <= high) {
            final int middle = low + high >>> 1;
            final Member member = members.get(middle);
            if (member.node() == node) {
                return member;
            }
            if (member.node() < node) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return null;
    }
}
