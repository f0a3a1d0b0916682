package io.boomerang.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.FormatRange;
import io.boomerang.link.LinkState;

import org.jgroups.Address;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class ClusterLinksTest {
    private static final long TICK_NS =
            ClusterLinks.HELLO_INTERVAL_MS * 1_000_000L / LinkState.TICKS_PER_INTERVAL;

    /// A silent link is noticed, then the news of it crosses up to three more links.
    private static final int ENOUGH_TICKS = LinkState.NEWS_TICKS + 4 * LinkState.TICKS_PER_INTERVAL;

    private final Network network = new Network();

    @Test
    void shouldTakeTheShortestWayWithEverySetOfBrokenLinks() {
        for (int mask = 0; mask < LinkMasks.ALL_BROKEN; mask++) {
            network.pass(mask, ENOUGH_TICKS);
            network.check(mask);
        }
    }

    @Test
    void shouldBeDirectUntilAMemberIsNotHeard() {
        final Ways atFirst = network.nodes.getFirst().ways();

        assertTrue(atFirst.isDirect());
        assertEquals(4, atFirst.view().size());
        network.pass(0, ENOUGH_TICKS);
        assertTrue(network.nodes.getFirst().ways().isDirect());
        assertEquals(0, network.nodes.getFirst().silentCount());
    }

    @Test
    void shouldTakeADetourBeforeTheTimeForVerificationIsOver() {
        final int mask = LinkMasks.bothWays(1);
        final long limitMs = 5 * ClusterLinks.HELLO_INTERVAL_MS;
        network.pass(0, ENOUGH_TICKS);

        network.pass(mask, (int) (limitMs * 1_000_000L / TICK_NS) - 1);

        network.check(mask);
        assertEquals(1, network.nodes.getFirst().silentCount());
        assertEquals(1, network.nodes.getFirst().deafCount());
    }

    @Test
    void shouldLeaveMembersOfTheFirstReleaseAlone() {
        final List<Address> view = new ArrayList<>(network.addresses);
        final Address old = MemberAddress.of(member(9, new FormatRange(1, 1)));
        view.add(old);
        final ClusterLinks links = network.nodes.getFirst();

        links.onView(view);

        assertNull(links.ways().node(old));
        assertTrue(links.ways().view().contains(old));
        assertTrue(links.onTimer(0).stream().noneMatch(hello -> hello.to().equals(old)));
        final ClusterLinks ofOld = new ClusterLinks(member(9, new FormatRange(1, 1)), old);
        ofOld.onView(view);
        assertEquals(List.of(), ofOld.onTimer(0));
        assertTrue(ofOld.ways().isDirect());
    }

    @Test
    void shouldTakeTheFirstOfTwoWithOneNodeId() {
        final List<Address> view = new ArrayList<>(network.addresses);
        final Address second = MemberAddress.of(member(2, FormatRange.CURRENT));
        view.add(second);

        network.nodes.getFirst().onView(view);

        final Ways ways = network.nodes.getFirst().ways();
        assertNull(ways.node(second));
        assertEquals(network.addresses.get(1), ways.address(2));
        final ClusterLinks ofSecond = new ClusterLinks(member(2, FormatRange.CURRENT), second);
        ofSecond.onView(view);
        assertEquals(List.of(), ofSecond.onTimer(0));
    }

    @Test
    void shouldRefuseHellosFromOutsideTheView() {
        final Address stranger = MemberAddress.of(member(8, FormatRange.CURRENT));
        final ClusterLinks links = network.nodes.getFirst();

        links.onHello(stranger, new byte[12], 0, 12);
        links.onHello(network.addresses.get(1), new byte[12], 0, 12);

        assertEquals(2, links.hellosRefused());
        assertEquals(0, links.hellosReceived());
    }

    /// A node that has started again has said nothing yet, also when it says the same incarnation.
    @Test
    void shouldNotTakeANodeThatStartedAgainForItsPredecessor() {
        network.pass(0, 10 * ENOUGH_TICKS);
        network.restart(2);

        network.pass(LinkMasks.bothWays(1), ENOUGH_TICKS);

        network.check(LinkMasks.bothWays(1));
    }

    private static Member member(final int node, final FormatRange formats) {
        return new Member(node, "node-" + node, Member.Role.BLADE, 0, 0, formats);
    }

    /// Four nodes and the links between them, without a clock of its own.
    private static final class Network {
        final List<Address> addresses = new ArrayList<>();
        final List<ClusterLinks> nodes = new ArrayList<>();
        private long nowNs;

        Network() {
            for (int node = 1; node <= LinkMasks.NODES; node++) {
                addresses.add(MemberAddress.of(member(node, FormatRange.CURRENT)));
                nodes.add(new ClusterLinks(member(node, FormatRange.CURRENT), addresses.getLast()));
            }
            nodes.forEach(node -> node.onView(addresses));
        }

        void restart(final int index) {
            final Member member = member(index + 1, FormatRange.CURRENT);
            addresses.set(index, MemberAddress.of(member));
            nodes.set(index, new ClusterLinks(member, addresses.get(index)));
            nodes.forEach(node -> node.onView(addresses));
        }

        void pass(final int mask, final int ticks) {
            for (int tick = 0; tick < ticks; tick++) {
                nowNs += TICK_NS;
                for (int from = 0; from < LinkMasks.NODES; from++) {
                    for (final ClusterLinks.Hello hello : nodes.get(from).onTimer(nowNs)) {
                        final int to = addresses.indexOf(hello.to());
                        if (!LinkMasks.isBroken(mask, from, to)) {
                            nodes.get(to)
                                    .onHello(
                                            addresses.get(from),
                                            hello.bytes(),
                                            0,
                                            hello.bytes().length);
                        }
                    }
                }
            }
        }

        void check(final int mask) {
            final int[][] distances = LinkMasks.distances(mask);
            for (int from = 0; from < LinkMasks.NODES; from++) {
                for (int to = 0; to < LinkMasks.NODES; to++) {
                    if (from != to) {
                        final String pair = from + 1 + " to " + (to + 1) + ", ";
                        checkWay(mask, from, to, distances, pair + LinkMasks.text(mask));
                    }
                }
            }
        }

        private void checkWay(
                final int mask,
                final int from,
                final int to,
                final int[][] distances,
                final String where) {
            final Address destination = addresses.get(to);
            if (distances[from][to] >= LinkMasks.UNREACHABLE
                    || distances[to][from] >= LinkMasks.UNREACHABLE) {
                assertNull(nodes.get(from).ways().detour(destination), where);
                return;
            }
            int at = from;
            int links = 0;
            while (at != to && links < LinkMasks.NODES) {
                final Address relay = nodes.get(at).ways().detour(destination);
                final int next = addresses.indexOf(relay == null ? destination : relay);
                assertFalse(LinkMasks.isBroken(mask, at, next), where);
                at = next;
                links++;
            }
            assertEquals(to, at, where);
            assertEquals(distances[from][to], links, where);
        }
    }
}
