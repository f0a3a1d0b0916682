package io.boomerang.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import java.lang.foreign.Arena;
import java.util.HashSet;
import java.util.Set;

@EnabledOnOs(value = OS.LINUX, disabledReason = "epoll is Linux's")
class EpollTest {
    private static final int PATIENCE_MS = 20_000;
    private static final long FIRST = 0x1234_5678_9ABC_DEF0L;
    private static final long SECOND = -2;

    private final Arena arena = Arena.ofConfined();
    private final UnixPair one = UnixPair.open(arena);
    private final UnixPair two = UnixPair.open(arena);
    private Epoll epoll;

    @BeforeEach
    void watch() throws SystemCallException {
        epoll = new Epoll(2);
        epoll.add(one.left(), Epoll.IN, FIRST);
        epoll.add(two.left(), Epoll.IN, SECOND);
    }

    @AfterEach
    void close() {
        epoll.close();
        one.close();
        two.close();
        arena.close();
    }

    @Test
    void shouldTellWhoHasSomething() throws SystemCallException {
        assertEquals(0, epoll.await(0));

        two.say();

        assertEquals(1, epoll.await(PATIENCE_MS));
        assertEquals(SECOND, epoll.key(0));
        assertEquals(Epoll.IN, epoll.happened(0));
        one.say();
        assertEquals(2, epoll.await(PATIENCE_MS));
        assertEquals(Set.of(FIRST, SECOND), Set.of(epoll.key(0), epoll.key(1)));
    }

    @Test
    void shouldForgetWhatIsRemovedOrClosed() throws SystemCallException {
        one.say();
        two.say();

        epoll.remove(one.left());
        two.closeLeft();

        assertEquals(0, epoll.await(0));
    }

    @Test
    void shouldWatchForOtherThings() throws SystemCallException {
        epoll.modify(one.left(), Epoll.OUT, FIRST);

        assertEquals(1, epoll.await(PATIENCE_MS));
        assertEquals(FIRST, epoll.key(0));
        assertEquals(Epoll.OUT, epoll.happened(0));
    }

    @Test
    void shouldBeWokenByAnybody() throws Exception {
        final Thread other = Thread.ofPlatform().start(epoll::wakeUp);

        assertEquals(0, epoll.await(PATIENCE_MS));

        other.join();
        assertEquals(0, epoll.await(0));
    }

    @Test
    void shouldTellEventsBesideTheWakeUp() throws SystemCallException {
        final Set<Long> seen = new HashSet<>();
        one.say();
        two.say();
        epoll.wakeUp();

        // three events in pieces of two
        for (int round = 0; round < 2; round++) {
            final int count = epoll.await(PATIENCE_MS);
            assertTrue(count <= 2);
            for (int i = 0; i < count; i++) {
                seen.add(epoll.key(i));
            }
        }

        assertEquals(Set.of(FIRST, SECOND), seen);
    }

    @Test
    void shouldBeWaitedForItself() throws SystemCallException {
        final SystemCalls calls = new SystemCalls(arena);
        final var set = SystemCalls.pollSet(arena, epoll.descriptor());
        assertEquals(0, calls.poll(set, 0));

        epoll.wakeUp();

        assertEquals(1, calls.poll(set, PATIENCE_MS));
        assertEquals(0, epoll.await(0));
        assertEquals(0, calls.poll(set, 0));
    }
}
