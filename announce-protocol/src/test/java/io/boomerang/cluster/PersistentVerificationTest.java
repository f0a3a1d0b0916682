package io.boomerang.cluster;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jgroups.Address;
import org.jgroups.Event;
import org.jgroups.Message;
import org.jgroups.stack.IpAddress;
import org.jgroups.stack.Protocol;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

class PersistentVerificationTest {
    private static final int LONG_MS = 600_000;
    private static final int SHORT_MS = 120;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Address member = MemberAddress.of(member(2));
    private final Queue<Message> questions = new ConcurrentLinkedQueue<>();
    private final Queue<Event> excluded = new ConcurrentLinkedQueue<>();
    private ServerSocket door = new ServerSocket();

    PersistentVerificationTest() throws IOException {}

    private static Member member(final int node) {
        return new Member(node, "node-" + node, Member.Role.BLADE, 0, 0);
    }

    @BeforeEach
    void listen() throws IOException {
        door = new ServerSocket();
        door.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void close() throws IOException {
        door.close();
    }

    private PersistentVerification verification(final int timeoutMs) {
        final IpAddress there = new IpAddress(door.getInetAddress(), door.getLocalPort());
        final PersistentVerification verification = new PersistentVerification(timeoutMs);
        verification.setAddress(MemberAddress.of(member(1)));
        verification.setDownProtocol(
                new Protocol() {
                    @Override
                    public @Nullable Object down(final Event event) {
                        return event.type() == Event.GET_PHYSICAL_ADDRESS ? there : null;
                    }

                    @Override
                    public @Nullable Object down(final Message message) {
                        questions.add(message);
                        return null;
                    }
                });
        verification.setUpProtocol(
                new Protocol() {
                    @Override
                    public @Nullable Object up(final Event event) {
                        if (event.type() == Event.SUSPECT) {
                            excluded.add(event);
                        }
                        return null;
                    }
                });
        return verification;
    }

    private void suspect(final PersistentVerification verification) {
        verification.up(new Event(Event.SUSPECT, List.of(member)));
    }

    private void assertExcludedOnce() {
        await().atMost(LIMIT).until(() -> !excluded.isEmpty());
        assertEquals(List.of(member), excluded.remove().<List<Address>>arg());
        assertTrue(excluded.isEmpty());
    }

    @Test
    void shouldExcludeAtOnceWhomItsHostDoesNotKnowAnyMore() throws Exception {
        final PersistentVerification verification = verification(LONG_MS);
        door.close();

        suspect(verification);

        assertExcludedOnce();
        assertEquals("[]", verification.getSuspects());
    }

    @Test
    void shouldExcludeOnceItsHostDoesNotKnowItAnyMore() throws Exception {
        final PersistentVerification verification = verification(LONG_MS);
        suspect(verification);
        await().atMost(LIMIT).until(() -> questions.size() > 2);
        assertTrue(excluded.isEmpty());

        door.close();

        assertExcludedOnce();
    }

    @Test
    void shouldExcludeWhoDoesNotAnswerInTime() {
        final PersistentVerification verification = verification(SHORT_MS);

        suspect(verification);

        assertExcludedOnce();
        assertTrue(questions.size() > 1, questions.toString());
    }

    @Test
    void shouldBelieveWhoAnswers() throws Exception {
        final PersistentVerification verification = verification(LONG_MS);
        suspect(verification);
        await().atMost(LIMIT).until(() -> questions.size() > 1);

        verification.unsuspect(member);

        assertEquals("[]", verification.getSuspects());
        assertTrue(excluded.isEmpty());
        door.close();
        suspect(verification);
        assertExcludedOnce();
    }
}
