package io.boomerang.sim.handoff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.boomerang.blade.terminal.TerminalCounters;
import io.boomerang.handoff.ConnectionState;
import io.boomerang.handoff.NegotiatedOptions;
import io.boomerang.handoff.kernel.KernelTcp;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.net.Inet6Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Connections of an ordinary client go the whole way: a classifier accepts them, the forwarder
/// brings them to a host, and that one gives them on, in every state in which that can be and with
/// all options that a client may agree on.
class KernelMatrixIT {
    private static final String ALL = "io.boomerang.sim.handoff.ClientOptions#all";
    private static final int QUEUED = 40_000;
    private static final int FEW = 2_000;
    private static final long AFTERMATH_NS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int BYTES_ONE_BY_ONE = 10;

    private static KernelChassis chassis;
    private static final List<ConnectionState> FROZEN = new ArrayList<>();
    private static final ClientWatch WATCH = new ClientWatch();
    private static final Moves MOVES = new Moves();

    private long takenBefore;
    private Map<String, Long> resetsBefore = Map.of();

    private static final class Moves implements MoveObserver {
        @Override
        public void onFrozen(final ConnectionState state, final long beganNs) {
            FROZEN.add(state);
        }

        @Override
        public void onLive() {
            // The blades count it.
        }
    }

    @BeforeAll
    static void build() throws Exception {
        final String reason = KernelTcp.unavailable();
        assumeTrue(reason == null, () -> "no hand-off of kernel connections here: " + reason);
        chassis = new KernelChassis(MOVES, WATCH);
    }

    @AfterAll
    static void clean() throws IOException {
        if (chassis != null) {
            chassis.close();
        }
    }

    @BeforeEach
    void watch() throws IOException {
        resetsBefore = chassis.resets();
        WATCH.forget();
        FROZEN.clear();
        takenBefore = taken();
    }

    private static long taken() {
        return chassis.counters().stream().mapToLong(TerminalCounters::taken).sum();
    }

    private MovingConversation begin(final ClientOptions options) throws IOException {
        options.apply(chassis.namespaces());
        return new MovingConversation(chassis, options.ipv6());
    }

    /// All bytes have come, and the client has not noticed where from. What comes after a close is
    /// not looked at: a FIN that was sent twice, of which the second one's answer finds nobody.
    private void end(final MovingConversation conversation, final ClientOptions options)
            throws IOException {
        conversation.settle();
        assertEquals(1, WATCH.handshakes(), "handshakes");
        assertEquals(0, WATCH.resets(), "resets that the client sees");
        assertEquals(resetsBefore, chassis.resets());
        conversation.part();
        chassis.stepUntil("the client's last word", WATCH::hasClientAll);
        chassis.stepFor(AFTERMATH_NS);
        assertEquals(conversation.moves(), taken() - takenBefore, "moves");
        assertEquals(conversation.moves(), FROZEN.size());
        for (final TerminalCounters blade : chassis.counters()) {
            assertEquals(0, blade.kept());
            assertEquals(0, blade.lost());
            assertEquals(0, blade.incomplete());
        }
        for (final ConnectionState state : FROZEN) {
            assertEquals(options.timestamps(), state.options().timestamps() != null);
            assertEquals(options.sack(), state.options().sackPermitted());
            assertEquals(options.scaling(), state.options().sendScale() > 0);
            assertEquals(options.ipv6(), state.local().getAddress() instanceof Inet6Address);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(ALL)
    void shouldMoveBehindAZeroWindow(final ClientOptions options) throws IOException {
        try (MovingConversation conversation = begin(options)) {
            conversation.say(QUEUED);
            conversation.arrive();
            fill(conversation);

            conversation.move();
            conversation.move();
            conversation.move();

            final ConnectionState first = FROZEN.get(1);
            final int window = first.windows().send() - first.unacknowledged().length();
            assertTrue(window < first.options().mss(), first::toString);
            for (final ConnectionState state : FROZEN.subList(1, FROZEN.size())) {
                assertTrue(state.unsent().length() > 0, "nothing waits to be sent");
                assertEquals(conversation.said() - conversation.heard(), state.unread().length());
            }
            end(conversation, options);
        }
    }

    /// Until neither the client's window nor the server's buffer has room.
    private static void fill(final MovingConversation conversation) throws IOException {
        final NegotiatedOptions agreed = FROZEN.getFirst().options();
        chassis.stepUntil(
                "full queues",
                () ->
                        conversation.answerSome(QUEUED) == 0
                                && WATCH.acknowledged() == conversation.said()
                                && WATCH.room(agreed.sendScale()) < agreed.mss());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(ALL)
    void shouldMoveAfterTheClientsFin(final ClientOptions options) throws IOException {
        try (MovingConversation conversation = begin(options)) {
            conversation.say(QUEUED);
            conversation.sayNoMore();
            conversation.arrive();
            conversation.answer(FEW);
            chassis.stepUntil("the FIN", () -> WATCH.acknowledged() == conversation.said() + 1);

            conversation.move();
            conversation.hear(FEW);
            conversation.answer(FEW);
            conversation.move();
            conversation.hear(conversation.said() - conversation.heard());
            conversation.answer(QUEUED);
            conversation.move();

            assertTrue(FROZEN.get(1).peerClosed());
            assertTrue(FROZEN.get(2).peerClosed());
            assertTrue(FROZEN.get(3).peerClosed());
            end(conversation, options);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(ALL)
    void shouldMoveDataInBothQueues(final ClientOptions options) throws IOException {
        try (MovingConversation conversation = begin(options)) {
            conversation.say(QUEUED);
            conversation.arrive();
            for (int i = 0; i < 4; i++) {
                chassis.stepUntil(
                        "what the client said", () -> WATCH.acknowledged() == conversation.said());
                conversation.answer(QUEUED);

                conversation.move();

                conversation.hear(FEW);
                conversation.read(QUEUED / 2);
                conversation.say(FEW);
            }
            for (final ConnectionState state : FROZEN.subList(1, FROZEN.size())) {
                assertTrue(state.unread().length() > FEW, state::toString);
                final int out = state.unacknowledged().length() + state.unsent().length();
                assertTrue(out > 0, state::toString);
            }
            end(conversation, options);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(ALL)
    void shouldMoveBetweenAnyTwoBytes(final ClientOptions options) throws IOException {
        try (MovingConversation conversation = begin(options)) {
            conversation.say(1);
            conversation.arrive();
            for (int i = 0; i < BYTES_ONE_BY_ONE; i++) {
                conversation.say(1);
                conversation.move();
                conversation.hear(1);
                conversation.answer(1);
                conversation.move();
                conversation.read(1);
            }
            end(conversation, options);
        }
    }

    /// What the server has closed cannot move; it goes on where it is.
    @ParameterizedTest(name = "{0}")
    @MethodSource(ALL)
    void shouldStayAfterTheServersFin(final ClientOptions options) throws IOException {
        try (MovingConversation conversation = begin(options)) {
            conversation.say(FEW);
            conversation.arrive();
            conversation.answer(QUEUED);
            conversation.move();
            conversation.answer(FEW);
            conversation.answerNoMore();

            final String refusal = conversation.tryMove();

            assertNotNull(refusal);
            assertTrue(refusal.contains("FIN-WAIT"), refusal);
            assertFalse(FROZEN.getLast().peerClosed());
            conversation.read(QUEUED);
            conversation.say(QUEUED);
            assertNotNull(conversation.tryMove());
            end(conversation, options);
        }
    }

    /// A connection that stands still drops what comes, and its client would repeat it late.
    @Test
    void shouldTakeWhatIsOnItsWayToTheKernel() throws IOException {
        final ClientOptions options = ClientOptions.all().getFirst();
        try (MovingConversation conversation = begin(options)) {
            conversation.say(FEW);
            conversation.arrive();
            conversation.hear(conversation.said() - conversation.heard());
            conversation.say(FEW);
            while (WATCH.sent() < conversation.said()) {
                chassis.carry();
            }

            conversation.move();

            assertEquals(FEW, FROZEN.getLast().unread().length());
            end(conversation, options);
        }
    }
}
