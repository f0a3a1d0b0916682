package io.boomerang.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.FormatRange;
import io.boomerang.link.LinkState;

import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.EmptyMessage;
import org.jgroups.Event;
import org.jgroups.Message;
import org.jgroups.View;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.VERIFY_SUSPECT2;
import org.jgroups.stack.Protocol;
import org.jgroups.util.MessageBatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Node 1 between a transport and protocols that keep what reaches them.
class LinkRelayTest {
    private static final int TICKS_TO_NOTICE = LinkState.SILENCE_TICKS + 2;
    private static final long TICK_NS =
            ClusterLinks.HELLO_INTERVAL_MS * 1_000_000L / LinkState.TICKS_PER_INTERVAL;

    private final List<Member> members =
            List.of(member(1), member(2), member(3), member(4), old(5));
    private final List<Address> addresses =
            members.stream().<Address>map(MemberAddress::of).toList();
    private final LinkRelay relay =
            new LinkRelay(
                    members.getFirst(), new ClusterLinks(members.getFirst(), addresses.getFirst()));
    private final Kept below = new Kept();
    private final Kept above = new Kept();
    private final short id = relay.getId();

    private static final class Kept extends Protocol {
        final List<Message> messages = new ArrayList<>();

        @Override
        public Object down(final Event event) {
            return event;
        }

        @Override
        public Object down(final Message message) {
            messages.add(message);
            return message;
        }

        @Override
        public Object up(final Message message) {
            messages.add(message);
            return message;
        }

        @Override
        public void up(final MessageBatch batch) {
            batch.forEach(messages::add);
        }
    }

    private static Member member(final int node) {
        return new Member(node, "node-" + node, Member.Role.BLADE, 0, 0);
    }

    private static Member old(final int node) {
        return new Member(node, "node-" + node, Member.Role.BLADE, 0, 0, FormatRange.FIRST_RELEASE);
    }

    private Address address(final int node) {
        return addresses.get(node - 1);
    }

    @BeforeEach
    void build() {
        relay.setAddress(address(1));
        relay.setDownProtocol(below);
        relay.setUpProtocol(above);
        relay.down(new Event(Event.VIEW_CHANGE, View.create(address(1), 1, addresses)));
    }

    /// Four nodes say hello to each other, but 1 and 2 do not hear it; node 1 is told of it by the
    /// others.
    private void breakLinksBetween1And2() {
        final List<ClusterLinks> nodes = new ArrayList<>();
        for (int node = 1; node <= 4; node++) {
            nodes.add(new ClusterLinks(member(node), address(node)));
            nodes.getLast().onView(addresses);
        }
        for (int tick = 1; tick <= TICKS_TO_NOTICE; tick++) {
            for (int from = 1; from <= 4; from++) {
                for (final ClusterLinks.Hello hello : nodes.get(from - 1).onTimer(tick * TICK_NS)) {
                    final int to = addresses.indexOf(hello.to()) + 1;
                    if (from + to != 1 + 2) {
                        final byte[] bytes = hello.bytes();
                        nodes.get(to - 1).onHello(address(from), bytes, 0, bytes.length);
                        tellNode1(from, to, bytes);
                    }
                }
            }
        }
    }

    private void tellNode1(final int from, final int to, final byte[] hello) {
        if (to == 1) {
            relay.up(
                    new BytesMessage(address(1), hello)
                            .setSrc(address(from))
                            .putHeader(id, RelayHeader.hello()));
        }
    }

    private Message relayed(final int from, final int origin, final int destination) {
        return relayed(from, origin, destination, RelayHeader.TO_ONE, 7);
    }

    private Message relayed(
            final int from,
            final int origin,
            final int destination,
            final byte kind,
            final int linksLeft) {
        return new EmptyMessage(address(1))
                .setSrc(address(from))
                .putHeader(
                        id,
                        RelayHeader.relayed(
                                kind,
                                origin,
                                address(origin),
                                destination,
                                address(destination),
                                linksLeft));
    }

    @Test
    void shouldPassWhatIsSentAsItIsWhileAllLinksWork() {
        final Message toOne = new BytesMessage(address(2), new byte[1]);
        final Message toAll = new BytesMessage(null, new byte[1]);

        relay.down(toOne);
        relay.down(toAll);

        assertEquals(2, below.messages.size());
        assertSame(toOne, below.messages.getFirst());
        assertSame(toAll, below.messages.getLast());
        assertNull(toAll.getHeader(id));
    }

    @Test
    void shouldSendByAnotherMemberWhatTheReceiverWouldNotHear() {
        breakLinksBetween1And2();
        final Message message = new BytesMessage(address(2), new byte[1]);

        relay.down(message);
        relay.down(new BytesMessage(address(3), new byte[1]));

        final Message sent = below.messages.getFirst();
        assertTrue(List.of(address(3), address(4)).contains(sent.getDest()));
        assertEquals("relayed from 1 to 2, links 7", sent.getHeader(id).toString());
        assertEquals(address(2), message.getDest());
        assertNull(message.getHeader(id));
        assertNull(below.messages.getLast().getHeader(id));
        assertEquals(1, relay.counters().sentByRelay());
        assertEquals(1, relay.counters().deafLinks());
    }

    @Test
    void shouldSendToEachWhatIsForAll() {
        breakLinksBetween1And2();

        relay.down(new BytesMessage(null, new byte[1]));
        relay.down(
                new BytesMessage(null, new byte[1]).setFlag(Message.TransientFlag.DONT_LOOPBACK));

        assertEquals(9, below.messages.size());
        for (int node = 1; node <= 5; node++) {
            final Message sent = below.messages.get(node - 1);
            assertEquals(
                    node == 5 ? null : "relayed from 1 to " + node + ", links 7",
                    node == 5 ? sent.getHeader(id) : sent.getHeader(id).toString());
            if (node != 2) {
                assertEquals(address(node), sent.getDest());
            }
        }
        assertEquals(2, relay.counters().sentByRelay());
    }

    @Test
    void shouldSendOnForOthersOverSoManyLinks() {
        relay.up(relayed(2, 2, 3));
        relay.up(relayed(2, 2, 3, RelayHeader.TO_ALL, 0));

        assertEquals(List.of(), above.messages);
        assertEquals(1, below.messages.size());
        final Message sent = below.messages.getFirst();
        assertEquals(address(3), sent.getDest());
        assertEquals(address(1), sent.getSrc());
        assertEquals("relayed from 2 to 3, links 6", sent.getHeader(id).toString());
        assertEquals(1, relay.counters().relayed());
        assertEquals(1, relay.counters().droppedTooFar());
    }

    @Test
    void shouldHandOverWhatHasArrivedAsIfItHadComeDirectly() {
        final MessageBatch batch = new MessageBatch(8);
        batch.setSender(address(3));
        batch.add(relayed(3, 2, 1));
        batch.add(new EmptyMessage(address(1)).setSrc(address(3)));
        batch.add(relayed(3, 2, 1, RelayHeader.TO_ALL, 7));
        batch.add(relayed(3, 2, 4));

        relay.up(batch);

        assertEquals(
                List.of(address(2), address(2), address(3)),
                above.messages.stream().map(Message::getSrc).toList());
        assertEquals(address(1), above.messages.get(0).getDest());
        assertNull(above.messages.get(1).getDest());
        assertEquals(1, below.messages.size());
        assertEquals(2, relay.counters().cameByRelay());
    }

    @Test
    void shouldNotTakeWhatHasArrivedForOnItsWayWhenItIsSentAgain() {
        relay.up(relayed(3, 2, 1));
        final Message arrived = above.messages.getFirst();

        relay.down(arrived.copy(true, true).setDest(address(4)));
        relay.up(below.messages.getFirst());

        assertSame(below.messages.getFirst(), above.messages.getLast());
    }

    @Test
    void shouldRefuseWhatIsNotFromOrForMembers() {
        final Address stranger = MemberAddress.of(member(9));
        final Member two = member(2);

        relay.up(relayed(3, 2, 1).setSrc(stranger));
        relay.up(
                relayed(3, 2, 1)
                        .putHeader(
                                id,
                                RelayHeader.relayed(
                                        RelayHeader.TO_ONE,
                                        2,
                                        MemberAddress.of(two), // of an earlier start
                                        1,
                                        address(1),
                                        7)));
        relay.up(
                new BytesMessage(address(1), new byte[3])
                        .setSrc(address(2))
                        .putHeader(id, RelayHeader.hello()));
        relay.up(
                new EmptyMessage(address(1)).setSrc(address(2)).putHeader(id, RelayHeader.hello()));

        assertEquals(List.of(), above.messages);
        assertEquals(List.of(), below.messages);
        assertEquals(4, relay.counters().refused());
    }

    @Test
    void shouldAskWhetherAMemberIsAliveByOthersAsWell() {
        final short verification = ClassConfigurator.getProtocolId(VERIFY_SUSPECT2.class);

        relay.down(
                new EmptyMessage(address(2))
                        .putHeader(verification, new VERIFY_SUSPECT2.VerifyHeader()));

        assertEquals(
                Set.of(address(2), address(3), address(4)),
                below.messages.stream().map(Message::getDest).collect(Collectors.toSet()));
        assertEquals(3, below.messages.size());
        assertNull(below.messages.getLast().getHeader(id));
    }
}
