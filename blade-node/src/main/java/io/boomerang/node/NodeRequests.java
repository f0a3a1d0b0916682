package io.boomerang.node;

import io.boomerang.node.admin.NodeBusyException;

import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// What other threads ask of a node's thread. At most {@link #CAPACITY} questions wait, further
/// ones are refused; one that nobody has answered in time is withdrawn.
final class NodeRequests {
    static final int CAPACITY = 64;

    /// Asked each turn and mostly empty, which this kind of queue tells without a lock.
    private final Queue<FutureTask<?>> waiting = new LinkedBlockingQueue<>(CAPACITY);

    private final long patienceMs;
    private volatile boolean closed;

    /// @param patienceMs how long a question waits, in milliseconds
    NodeRequests(final long patienceMs) {
        this.patienceMs = patienceMs;
    }

    /// Answers what the node's thread answers. Not for that thread.
    ///
    /// @param wakeUp lets the node's thread look here, if it waits for something else
    /// @throws NodeBusyException when it does not answer in time, or not at all any more
    /// @throws RuntimeException what the question throws
    <T> T ask(final Callable<T> question, final Runnable wakeUp)
            throws NodeBusyException, InterruptedException {
        final FutureTask<T> task = new FutureTask<>(question);
        if (closed || !waiting.offer(task)) {
            throw new NodeBusyException(
                    closed ? "the node has ended" : "too many questions wait already");
        }
        if (closed) {
            task.cancel(false); // it may have ended since, and nobody looks any more
        }
        wakeUp.run();
        try {
            return task.get(patienceMs, TimeUnit.MILLISECONDS);
        } catch (final TimeoutException | CancellationException e) {
            task.cancel(false);
            throw new NodeBusyException(closed ? "the node has ended" : "the node is too busy");
        } catch (final ExecutionException e) {
            if (e.getCause() instanceof final RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /// Answers at most `limit` questions; answers how many that were. By the node's thread.
    int answer(final int limit) {
        for (int answered = 0; answered < limit; answered++) {
            final FutureTask<?> task = waiting.poll();
            if (task == null) {
                return answered;
            }
            task.run();
        }
        return limit;
    }

    /// Nothing is answered any more. By the node's thread.
    void close() {
        closed = true;
        for (FutureTask<?> task = waiting.poll(); task != null; task = waiting.poll()) {
            task.cancel(false);
        }
    }
}
