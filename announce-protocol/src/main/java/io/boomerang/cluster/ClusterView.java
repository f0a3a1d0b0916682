package io.boomerang.cluster;

import java.util.List;

/// Who is in the chassis, as agreed by those who are.
///
/// @param id grows from view to view
/// @param members ordered by node id
public record ClusterView(long id, List<Member> members) {
    public ClusterView {
        members = List.copyOf(members);
    }
}
