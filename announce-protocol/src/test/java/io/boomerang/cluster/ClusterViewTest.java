package io.boomerang.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.stream.IntStream;

class ClusterViewTest {
    @Test
    void shouldFindEachMemberByItsNode() {
        for (int count = 0; count < 9; count++) {
            final List<Member> members =
                    IntStream.range(0, count).mapToObj(i -> member(3 + 2 * i)).toList();
            final ClusterView view = new ClusterView(1, members);

            for (final Member member : members) {
                assertEquals(member, view.member(member.node()));
                assertNull(view.member(member.node() - 1));
                assertNull(view.member(member.node() + 1));
            }
        }
    }

    @Test
    void shouldRefuseMembersOutOfOrder() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new ClusterView(1, List.of(member(2), member(1))));
        assertThrows(
                IllegalArgumentException.class,
                () -> new ClusterView(1, List.of(member(2), member(2))));
    }

    private static Member member(final int node) {
        return new Member(node, "node-" + node, Member.Role.BLADE, 0, 0);
    }
}
