package io.boomerang.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.node.admin.NodeBusyException;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

class NodeRequestsTest {
    private final NodeRequests requests = new NodeRequests(60_000);
    private final AtomicInteger woken = new AtomicInteger();

    private Future<Integer> ask(final ExecutorService threads, final int answer) {
        return threads.submit(() -> requests.ask(() -> answer, woken::incrementAndGet));
    }

    @Test
    void shouldAnswerOnTheThreadOfTheNodeABoundedNumberAtATime() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            final List<Future<Integer>> answers = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                answers.add(ask(threads, i));
            }
            Awaitility.await().until(() -> woken.get() == 5);

            assertEquals(4, requests.answer(4));
            assertEquals(1, requests.answer(4));
            assertEquals(0, requests.answer(4));

            for (int i = 0; i < 5; i++) {
                assertEquals(i, answers.get(i).get());
            }
        }
    }

    @Test
    void shouldRefuseMoreQuestionsThanMayWait() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < NodeRequests.CAPACITY; i++) {
                final Future<Integer> _ = ask(threads, i);
            }
            Awaitility.await().until(() -> woken.get() == NodeRequests.CAPACITY);

            assertThrows(
                    NodeBusyException.class, () -> requests.ask(() -> 1, woken::incrementAndGet));

            requests.close();
        }
    }

    @Test
    void shouldWithdrawAQuestionThatNobodyAnswers() {
        final NodeRequests impatient = new NodeRequests(1);
        final AtomicInteger asked = new AtomicInteger();

        assertThrows(
                NodeBusyException.class, () -> impatient.ask(asked::incrementAndGet, () -> {}));
        assertEquals(1, impatient.answer(4));

        assertEquals(0, asked.get());
    }

    @Test
    void shouldPassOnWhatAQuestionThrows() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            final Future<Throwable> refusal =
                    threads.submit(() ->
                            assertThrows(
                                    IllegalStateException.class,
                                    () ->
                                            requests.ask(
                                                    () -> {
                                                        throw new IllegalStateException("no");
                                                    },
                                                    woken::incrementAndGet)));
            Awaitility.await().until(() -> woken.get() == 1);
            requests.answer(1);

            assertEquals("no", refusal.get().getMessage());
        }
    }

    @Test
    void shouldRefuseEverythingOnceTheNodeHasEnded() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            final Future<Throwable> waiting =
                    threads.submit(() ->
                            assertThrows(
                                    NodeBusyException.class,
                                    () -> requests.ask(() -> 1, woken::incrementAndGet)));
            Awaitility.await().until(() -> woken.get() == 1);

            requests.close();

            assertTrue(String.valueOf(waiting.get().getMessage()).contains("ended"));
            assertThrows(NodeBusyException.class, () -> requests.ask(() -> 1, () -> {}));
        }
    }
}
