package io.boomerang.redirector.steering;

import io.boomerang.announce.StateQuery;
import io.boomerang.backplane.Purpose;
import io.boomerang.cluster.ControlSender;
import io.boomerang.flow.FlowKey;
import io.boomerang.redirector.RedirectorConfig;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// What the blades have been asked, and the packets that wait for their answers. A blade that does
/// not answer is asked again, at intervals that double from {@link #FIRST_REPEAT_NS} on. Whoever
/// gets a queue back steers the packets in it. Bounded in questions, at one time and by the second,
/// in bytes and in time. Used by the redirector's thread only.
final class StateQueries implements AutoCloseable {
    static final long FIRST_REPEAT_NS = 20_000_000L;
    private static final int MAX_QUERIES = 1_024;

    private final int node;
    private final ControlSender control;
    private final RedirectorCounters counters;
    private final SteeringObserver observer;
    private final RateBudget budget;
    private final WaitingRoom<FlowKey> room;
    private final Map<Long, Question> questions = new LinkedHashMap<>();
    private long nextId = 1;

    /// What was asked, and who has not answered.
    private static final class Question {
        private final StateQuery query;
        private final BitSet asked = new BitSet();
        private final BitSet unanswered = new BitSet();
        private long repeatNs;
        private long intervalNs = FIRST_REPEAT_NS;

        Question(final StateQuery query, final int[] blades, final long nowNs) {
            this.query = query;
            add(blades);
            repeatNs = nowNs + intervalNs;
        }

        /// Has blades asked, too, that have not been; answers whether there are any.
        boolean add(final int[] blades) {
            boolean added = false;
            for (final int blade : blades) {
                if (!asked.get(blade)) {
                    asked.set(blade);
                    unanswered.set(blade);
                    added = true;
                }
            }
            return added;
        }

        void forget(final ChassisMap chassis) {
            for (int blade = unanswered.nextSetBit(0);
                    blade >= 0;
                    blade = unanswered.nextSetBit(blade + 1)) {
                if (!chassis.isAlive(blade)) {
                    unanswered.clear(blade);
                }
            }
        }

        boolean isDue(final long nowNs) {
            return nowNs - repeatNs >= 0;
        }

        void onRepeated(final long nowNs) {
            intervalNs *= 2;
            repeatNs = nowNs + intervalNs;
        }
    }

    StateQueries(
            final RedirectorConfig config,
            final int node,
            final ControlSender control,
            final RedirectorCounters counters,
            final SteeringObserver observer) {
        this.node = node;
        this.control = control;
        this.counters = counters;
        this.observer = observer;
        budget = new RateBudget(config.queriesPerSecond());
        room =
                new WaitingRoom<>(
                        config.queriedCells(),
                        TimeUnit.MILLISECONDS.toNanos(config.queryLimitMs()));
    }

    boolean isEmpty() {
        return room.size() == 0;
    }

    /// Who waits for this flow; null when the blades have not been asked.
    WaitingRoom.@Nullable Queue find(final FlowKey key) {
        return isEmpty() ? null : room.find(key);
    }

    /// Whether the blades may be asked about one more flow now, which is then paid for.
    boolean isAffordable(final long nowNs) {
        return budget.take(nowNs);
    }

    /// Asks all blades who holds the flow, on behalf of a packet of `length` bytes, which is to be
    /// held next; null when too many questions are open or the packet cannot wait.
    WaitingRoom.@Nullable Queue ask(
            final FlowKey key, final int[] blades, final int length, final long nowNs) {
        if (room.size() >= MAX_QUERIES || length > WaitingRoom.MAX_FRAME_BYTES) {
            counters.queriesRefused++;
            return null;
        }
        final FlowKey kept = key.copy();
        final WaitingRoom.Queue queue = room.open(kept, nowNs);
        queue.token = nextId++;
        final Question question = new Question(new StateQuery(queue.token, kept), blades, nowNs);
        questions.put(queue.token, question);
        counters.queries++;
        send(question);
        return queue;
    }

    private void send(final Question question) {
        final BitSet to = question.unanswered;
        for (int blade = to.nextSetBit(0); blade >= 0; blade = to.nextSetBit(blade + 1)) {
            control.send(blade, question.query);
        }
    }

    /// Asks those again who have not answered for too long; answers how many questions that were.
    int repeat(final long nowNs) {
        int repeated = 0;
        for (final Question question : questions.values()) {
            if (question.isDue(nowNs)) {
                send(question);
                question.onRepeated(nowNs);
                repeated++;
            }
        }
        counters.queriesRepeated += repeated;
        return repeated;
    }

    /// Lets a packet wait; false when there is no room for it.
    boolean hold(final WaitingRoom.Queue queue, final Arrival arrival, final long nowNs) {
        if (!room.append(queue, arrival)) {
            counters.queriesRefused++;
            return false;
        }
        counters.held++;
        observer.onHeld(node, arrival.packetNumber, Purpose.LOOK_UP, nowNs);
        return true;
    }

    /// The flow that a question was about; null when it has been settled, or was never asked.
    @Nullable FlowKey keyOf(final long queryId) {
        final Question question = questions.get(queryId);
        return question == null ? null : question.query.key();
    }

    /// A blade does not hold the flow. Answers those who wait when it was the last one that had to
    /// say so.
    WaitingRoom.@Nullable Queue onUnknown(final long queryId, final int blade, final long nowNs) {
        final Question question = questions.get(queryId);
        if (question == null) {
            return null;
        }
        question.unanswered.clear(blade);
        return question.unanswered.isEmpty() ? settle(question, false, nowNs) : null;
    }

    /// Whether that blade has answered this question, which is still open: it does not hold the
    /// flow.
    boolean hasAnswered(final long queryId, final int blade) {
        final Question question = questions.get(queryId);
        return question != null && !question.unanswered.get(blade);
    }

    /// The members have changed: asks blades that are new to this redirector, which may be back
    /// from where it did not see them, and waits no longer for those that are dead. Answers the
    /// questions that no blade has to be waited for; they are open until {@link #onUnanswerable}.
    List<StateQuery> onChassis(final ChassisMap chassis) {
        final List<StateQuery> unanswerable = new ArrayList<>();
        for (final Question question : questions.values()) {
            question.forget(chassis);
            if (question.add(chassis.blades())) {
                send(question);
            }
            if (question.unanswered.isEmpty()) {
                unanswerable.add(question.query);
            }
        }
        return unanswerable;
    }

    /// There is nobody left to answer. Answers those who waited.
    WaitingRoom.@Nullable Queue onUnanswerable(final StateQuery query, final long nowNs) {
        final Question question = questions.get(query.queryId());
        return question == null ? null : settle(question, false, nowNs);
    }

    /// A session of the flow has come, as an answer or by itself. Answers those who waited for it.
    WaitingRoom.@Nullable Queue onFound(final FlowKey key, final long nowNs) {
        final WaitingRoom.Queue queue = find(key);
        final Question question = queue == null ? null : questions.get(queue.token);
        return question == null ? null : settle(question, true, nowNs);
    }

    private WaitingRoom.@Nullable Queue settle(
            final Question question, final boolean found, final long nowNs) {
        final FlowKey key = question.query.key();
        questions.remove(question.query.queryId());
        if (found) {
            counters.queriesFound++;
        }
        observer.onQueried(node, key, found, nowNs);
        return room.remove(key);
    }

    /// Those who have waited for the eldest question's answers until the limit; null when there are
    /// none.
    WaitingRoom.@Nullable Queue expireEldest(final long nowNs) {
        final Map.Entry<FlowKey, WaitingRoom.Queue> eldest = room.removeEldest(nowNs, false);
        if (eldest == null) {
            return null;
        }
        counters.queriesExpired++;
        questions.remove(eldest.getValue().token);
        observer.onQueried(node, eldest.getKey(), false, nowNs);
        return eldest.getValue();
    }

    /// The next of those who waited becomes the arrival.
    void take(final WaitingRoom.Queue released, final Arrival arrival) {
        room.take(released, arrival);
    }

    /// Drops the next of those who waited; answers its number.
    long discard(final WaitingRoom.Queue released) {
        final long packetNumber = room.headPacketNumber(released);
        room.discardHead(released);
        return packetNumber;
    }

    @Override
    public void close() {
        room.close();
    }
}
