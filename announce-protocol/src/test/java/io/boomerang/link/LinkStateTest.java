package io.boomerang.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.boomerang.announce.Seeds;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;

class LinkStateTest {
    private static final int MAX_NODE = 1_023;
    private static final int SELF = 5;
    private static final int PEER = 70;
    private static final int RELAY = 900;

    private final LinkState links = new LinkState(SELF, 1, MAX_NODE);
    private final MemorySegment hello = MemorySegment.ofArray(new byte[HelloCodec.MAX_BYTES]);

    @BeforeEach
    void join() {
        links.onMembers(new int[] {SELF, PEER, RELAY}, new int[] {1, 1, 1});
    }

    static LongStream seeds() {
        return Seeds.seeds();
    }

    /// Another node as its own link state tells of it.
    private static LinkState node(final int id, final int incarnation) {
        final LinkState node = new LinkState(id, incarnation, MAX_NODE);
        node.onMembers(new int[] {SELF, PEER, RELAY}, new int[] {1, 1, 1});
        return node;
    }

    private boolean take(final LinkState from, final int id) {
        from.isHelloDue();
        final int length = from.writeHello(SELF, hello, 0);
        links.onHeard(id);
        return links.readHello(id, hello, 0, length);
    }

    private void pass(final int ticks) {
        for (int i = 0; i < ticks; i++) {
            links.tick();
        }
    }

    @Test
    void shouldThinkThatAMemberHearsUntilItSaysOtherwise() {
        assertEquals(PEER, links.nextHop(PEER));
        assertEquals(SELF, links.nextHop(SELF));
        assertEquals(0, links.nextHop(6));
        assertEquals(0, links.nextHop(0));
        assertEquals(0, links.nextHop(MAX_NODE + 1));
        assertEquals(0, links.nextHop(-1));
    }

    @Test
    void shouldSayHelloAfterAnIntervalAndSoonerWhenThereIsNews() {
        assertTrue(links.isHelloDue());
        pass(LinkState.TICKS_PER_INTERVAL - 1);
        assertFalse(links.isHelloDue());
        pass(1);
        assertTrue(links.isHelloDue());

        pass(LinkState.SILENCE_TICKS - LinkState.TICKS_PER_INTERVAL);
        assertTrue(links.isHelloDue());
        links.tick();

        assertTrue(links.isHelloDue()); // nobody is heard any more
        assertFalse(links.isHelloDue());
    }

    @Test
    void shouldTakeAnotherWayAsSoonAsThePeerSaysThatItDoesNotHear() {
        final LinkState peer = node(PEER, 1);
        final LinkState relay = node(RELAY, 1);
        for (int tick = 0; tick <= LinkState.SILENCE_TICKS; tick++) {
            assertEquals(PEER, links.nextHop(PEER));
            links.tick();
            peer.onHeard(RELAY);
            peer.tick();
            relay.onHeard(PEER);
            relay.onHeard(SELF);
            relay.tick();
            assertTrue(take(relay, RELAY));
            assertTrue(take(peer, PEER));
        }

        assertEquals(RELAY, links.nextHop(PEER));
        assertEquals(RELAY, links.nextHop(RELAY));

        peer.onHeard(SELF);
        peer.tick();
        assertTrue(take(peer, PEER));

        assertEquals(PEER, links.nextHop(PEER));
    }

    @Test
    void shouldKnowOfNoWayToANodeOfWhichNothingIsHeard() {
        pass(LinkState.NEWS_TICKS);
        assertEquals(PEER, links.nextHop(PEER));

        links.tick();

        assertEquals(0, links.nextHop(PEER));
        assertEquals(SELF, links.nextHop(SELF));
    }

    @Test
    void shouldForgetWhoIsNoMember() {
        pass(LinkState.NEWS_TICKS + 1);
        links.onMembers(new int[] {SELF, RELAY}, new int[] {1, 1});
        assertFalse(links.isMember(PEER));
        assertEquals(0, links.nextHop(PEER));
        assertTrue(take(node(PEER, 1), PEER));
        assertEquals(1, links.refusedRecords());

        links.onMembers(new int[] {SELF, PEER, RELAY}, new int[] {1, 2, 1});

        assertEquals(PEER, links.nextHop(PEER)); // as new
        assertEquals(0, links.nextHop(RELAY)); // as before
    }

    @Test
    void shouldNotBelieveWhatANodeSaidBeforeItsLastStart() {
        final LinkState before = node(PEER, 1);
        for (int i = 0; i <= LinkState.SILENCE_TICKS; i++) {
            before.tick();
        }
        links.onMembers(new int[] {SELF, PEER, RELAY}, new int[] {1, 2, 1});

        assertTrue(take(before, PEER));

        assertEquals(PEER, links.nextHop(PEER));
        assertEquals(1, links.refusedRecords());
    }

    @Test
    void shouldNotTakeOlderNewsAfterNewer() {
        final LinkState peer = node(PEER, 1);
        peer.isHelloDue();
        final MemorySegment older = MemorySegment.ofArray(new byte[HelloCodec.MAX_BYTES]);
        final int length = peer.writeHello(SELF, older, 0);
        for (int i = 0; i <= LinkState.SILENCE_TICKS; i++) {
            peer.tick();
        }
        assertTrue(take(peer, PEER));
        assertEquals(
                0, links.nextHop(PEER)); // the relay hears us, the peer does not hear the relay

        assertTrue(links.readHello(PEER, older, 0, length));

        assertEquals(0, links.nextHop(PEER));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldRefuseWhatIsMalformedWithoutTakingAnythingIn(final long seed) {
        final RandomGenerator random = Seeds.random(seed);
        final LinkState peer = node(PEER, 1);
        for (int i = 0; i <= LinkState.SILENCE_TICKS; i++) {
            peer.tick();
        }
        peer.isHelloDue();
        final int length = peer.writeHello(SELF, hello, 0);

        for (int cut = 0; cut < length; cut++) {
            assertFalse(links.readHello(PEER, hello, 0, cut));
        }
        assertFalse(links.readHello(RELAY, hello, 0, length));
        assertFalse(links.readHello(PEER, hello, HelloCodec.MAX_BYTES - 4, length));
        assertEquals(PEER, links.nextHop(PEER));
        assertEquals(length + 2, links.refusedHellos());

        for (int i = 0; i < 200; i++) {
            hello.set(JAVA_BYTE, random.nextInt(64), (byte) random.nextInt());
            links.readHello(PEER, hello, 0, random.nextInt(64));
        }
    }

    /// A node that hears one neighbour only learns of all others through that one, also where they
    /// do not fit into one hello.
    @Test
    void shouldTellOfManyNodesInTurn() {
        final int count = 200;
        final int[] nodes = new int[count];
        final int[] incarnations = new int[count];
        for (int i = 0; i < count; i++) {
            nodes[i] = i + 1;
            incarnations[i] = 1;
        }
        final LinkState teller = new LinkState(1, 1, MAX_NODE);
        teller.onMembers(nodes, incarnations);
        for (int node = 3; node <= count; node++) {
            final LinkState other = new LinkState(node, 1, MAX_NODE);
            other.onMembers(nodes, incarnations);
            other.isHelloDue();
            assertTrue(teller.readHello(node, hello, 0, other.writeHello(1, hello, 0)));
        }
        final LinkState deaf = new LinkState(2, 1, MAX_NODE);
        deaf.onMembers(nodes, incarnations);
        for (int i = 0; i <= LinkState.NEWS_TICKS; i++) {
            deaf.onHeard(1);
            deaf.tick();
        }
        deaf.isHelloDue();
        teller.readHello(2, hello, 0, deaf.writeHello(1, hello, 0));
        for (int i = 0; i < 3; i++) {
            for (int tick = 0; tick < LinkState.TICKS_PER_INTERVAL; tick++) {
                teller.tick();
            }
            teller.isHelloDue();
            final int length = teller.writeHello(2, hello, 0);
            assertTrue(length <= HelloCodec.MAX_BYTES);
            deaf.readHello(1, hello, 0, length);
        }

        for (int node = 1; node <= count; node++) {
            assertTrue(deaf.nextHop(node) != 0, "no way to " + node);
        }
    }
}
