package io.boomerang.handoff.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.flow.FlowKey;
import io.boomerang.handoff.ConnectionState;
import io.boomerang.handoff.Octets;
import io.boomerang.handoff.RandomStates;
import io.boomerang.redirector.forwarder.Forwarder;
import io.boomerang.redirector.forwarder.Liveness;
import io.boomerang.redirector.forwarder.MovingFlows;
import io.boomerang.transfer.MovingFlow;
import io.boomerang.transfer.TransferId;
import io.boomerang.transfer.TransferPort;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.random.RandomGenerator;

/// A classifier gives some connections through a forwarder to a host over bad links; nodes die at
/// any step, and the others learn of it at different times. Looks after every step who owns what.
/// Everything from one seed.
final class HandOver {
    static final int CLASSIFIER = 1;
    static final int FORWARDER = 2;
    static final int HOST = 3;

    private static final int INCARNATION = 7;
    private static final long DELAY_NS = 50_000;
    private static final long DETECTION_NS = 300_000_000L;
    private static final long PATIENCE_NS = 2_000_000_000L;
    private static final long LONG_NS = 10_000_000_000L;
    private static final int MAX_STEPS = 400_000;
    private static final int MAX_BLOB_BYTES = 1 << 19;

    private final RandomGenerator random;
    private final int faultPercent;
    private final Map<Integer, Integer> deaths;
    private final TransferSender sender;
    private final Forwarder forwarder;
    private final TransferReceiver receiver;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(
                    Comparator.comparingLong(Event::atNs).thenComparingLong(Event::number));
    private final Map<TransferId, ConnectionState> offered = new HashMap<>();
    private final Map<TransferId, String> atClassifier = new HashMap<>();
    private final Map<TransferId, String> atHost = new HashMap<>();
    private final Map<FlowKey, Integer> sessions = new HashMap<>();
    private final Set<FlowKey> held = new HashSet<>();
    private final Set<TransferId> unwanted = new HashSet<>();
    private final BitSet dead = new BitSet();
    private long nowNs;
    private long eventCount;
    private int step;

    /// A datagram on its way, or a death that becomes known to `to`.
    private record Event(long atNs, long number, int from, int to, MemorySegment bytes) {}

    /// @param deaths which node dies at which step
    HandOver(
            final RandomGenerator random,
            final int faultPercent,
            final Map<Integer, Integer> deaths) {
        this.random = random;
        this.faultPercent = faultPercent;
        this.deaths = deaths;
        sender =
                new TransferSender(
                        CLASSIFIER, INCARNATION, port(CLASSIFIER), new Listener(), PATIENCE_NS);
        forwarder = new Forwarder(port(FORWARDER), new Flows());
        receiver = new TransferReceiver(HOST, port(HOST), new Host(), PATIENCE_NS, MAX_BLOB_BYTES);
        forwarder.onChassis(new View(new BitSet()), 0);
    }

    private record View(BitSet gone) implements Liveness {
        @Override
        public boolean isAlive(final int node, final int incarnation) {
            return incarnation == INCARNATION && !gone.get(node);
        }

        @Override
        public int incarnation(final int node) {
            return gone.get(node) ? -1 : INCARNATION;
        }
    }

    private TransferPort port(final int from) {
        return (to, memory, offset, length) -> {
            if (chance()) {
                return;
            }
            for (int copies = chance() ? 2 : 1; copies > 0; copies--) {
                final byte[] bytes = memory.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
                if (chance()) {
                    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                }
                final long delayNs = DELAY_NS * (chance() ? 1 + random.nextInt(200) : 1);
                add(delayNs, from, to, MemorySegment.ofArray(bytes));
            }
        };
    }

    private void add(final long delayNs, final int from, final int to, final MemorySegment bytes) {
        events.add(new Event(nowNs + delayNs, eventCount++, from, to, bytes));
    }

    private boolean chance() {
        return random.nextInt(100) < faultPercent;
    }

    /// Answers how many steps it took.
    int run(final int connections) {
        final RandomStates states = new RandomStates(random);
        for (int i = 0; i < connections; i++) {
            final ConnectionState state = grown(states.next());
            final TransferId id = sender.nextId();
            offered.put(id, state);
            atClassifier.put(id, "frozen");
            final MovingFlow flow = new MovingFlow(key(i), 1_000 + i, 0xFFFF);
            sessions.put(flow.key(), CLASSIFIER);
            assertEquals(id, sender.offer(state, flow, FORWARDER, HOST, nowNs));
        }
        while (!isOver()) {
            assertTrue(++step < MAX_STEPS, () -> "it does not end: " + atClassifier + atHost);
            deaths.forEach(this::dieIfItIsTime);
            next();
            if (random.nextInt(200) == 0 && !dead.get(CLASSIFIER)) {
                final TransferId id =
                        new TransferId(CLASSIFIER, INCARNATION, random.nextInt(connections));
                unwanted.add(id);
                sender.cancel(id, nowNs);
            }
            offered.keySet().forEach(this::checkOwners);
        }
        if (!dead.get(FORWARDER)) {
            forwarder.onTimer(nowNs + LONG_NS);
        }
        offered.keySet().forEach(this::checkOutcome);
        return step;
    }

    private static FlowKey key(final int number) {
        final FlowKey key = new FlowKey();
        key.setIpv4(6, FlowKey.KIND_PORTS, 0x0A000001, 1_024 + number, 0xC0000201, 443, 0);
        return key;
    }

    private ConnectionState grown(final ConnectionState state) {
        return random.nextInt(10) > 0
                ? state
                : state.with(Octets.of(new byte[random.nextInt(200_000)]), Octets.NONE);
    }

    private void dieIfItIsTime(final int node, final int atStep) {
        if (step == atStep) {
            dead.set(node);
            for (int other = CLASSIFIER; other <= HOST; other++) {
                add(DETECTION_NS + random.nextInt(50_000_000), node, other, MemorySegment.NULL);
            }
        }
    }

    private boolean isOver() {
        final boolean allDied = deaths.values().stream().allMatch(at -> at <= step);
        return events.isEmpty() && allDied && nextDueNs() == Long.MAX_VALUE;
    }

    private long nextDueNs() {
        return Math.min(
                dead.get(CLASSIFIER) ? Long.MAX_VALUE : sender.nextDueNs(),
                dead.get(HOST) ? Long.MAX_VALUE : receiver.nextDueNs());
    }

    private void next() {
        final long dueNs = nextDueNs();
        final Event event = events.peek();
        if (event != null && event.atNs <= dueNs) {
            events.poll();
            nowNs = Math.max(nowNs, event.atNs);
            if (!dead.get(event.to)) {
                take(event);
            }
        } else if (dueNs != Long.MAX_VALUE) {
            nowNs = Math.max(nowNs, dueNs);
            if (!dead.get(CLASSIFIER)) {
                sender.poll(nowNs);
            }
            if (!dead.get(HOST)) {
                receiver.poll(nowNs);
            }
        }
    }

    private void take(final Event event) {
        final MemorySegment bytes = event.bytes;
        final int length = (int) bytes.byteSize();
        switch (event.to) {
            case CLASSIFIER -> {
                if (length == 0) {
                    sender.nodeGone(event.from, nowNs);
                } else {
                    sender.receive(event.from, bytes, 0, length, nowNs);
                }
            }
            case FORWARDER -> {
                if (length == 0) {
                    forwarder.onChassis(new View((BitSet) dead.clone()), nowNs);
                } else {
                    forwarder.receive(event.from, bytes, 0, length, nowNs);
                }
            }
            default -> {
                if (length == 0) {
                    receiver.nodeGone(event.from, INCARNATION, nowNs);
                } else {
                    receiver.receive(event.from, bytes, 0, length, nowNs);
                }
            }
        }
    }

    private void checkOwners(final TransferId id) {
        final String here = atClassifier.get(id);
        final boolean live = "live".equals(atHost.get(id));
        assertFalse("kept".equals(here) && live, () -> "two owners of " + id);
        assertFalse(
                "given".equals(here) && !live,
                () -> "given to nobody: " + id + ", there " + atHost.get(id));
        assertFalse(
                "lost".equals(here) && !dead.get(HOST),
                () -> "lost, but the host lives: " + id + ", there " + atHost.get(id));
    }

    private void checkOutcome(final TransferId id) {
        final String here = atClassifier.get(id);
        final String there = atHost.get(id);
        if (!dead.get(CLASSIFIER)) {
            assertFalse("frozen".equals(here), () -> id + " is nobody's, there " + there);
        }
        if (!dead.get(HOST)) {
            assertFalse("prepared".equals(there), () -> id + " is complete and nobody's");
        }
        if (!dead.get(FORWARDER)) {
            assertFalse(held.contains(key((int) id.number())), () -> id + " is held for ever");
            final Integer session = sessions.get(key((int) id.number()));
            if ("live".equals(there)) {
                assertEquals(HOST, session);
            } else if ("kept".equals(here)) {
                assertEquals(CLASSIFIER, session);
            }
        }
        if (dead.cardinality() == 1 && dead.get(CLASSIFIER) && !unwanted.contains(id)) {
            assertFalse("discarded".equals(there), () -> id + " was complete");
        }
    }

    private final class Listener implements TransferSender.Listener {
        @Override
        public void given(final TransferId transfer) {
            assertEquals("frozen", atClassifier.put(transfer, "given"));
        }

        @Override
        public void kept(final TransferId transfer, final int version, final String reason) {
            assertEquals("frozen", atClassifier.put(transfer, "kept"));
            assertEquals(2, version);
            assertFalse(reason.isBlank());
        }

        @Override
        public void brokenOff(final TransferId transfer, final int version) {
            assertTrue(dead.get(FORWARDER));
            kept(transfer, version, "the forwarder is gone");
        }

        @Override
        public void lost(final TransferId transfer, final String reason) {
            assertEquals("frozen", atClassifier.put(transfer, "lost"));
            assertFalse(reason.isBlank());
        }
    }

    private final class Flows implements MovingFlows {
        @Override
        public @Nullable String hold(final MovingFlow flow, final int classifier, final long atNs) {
            assertTrue(held.add(flow.key()));
            return null;
        }

        @Override
        public @Nullable MovingFlow move(
                final MovingFlow flow, final int from, final int to, final long atNs) {
            assertEquals(from, sessions.put(flow.key(), to));
            return flow.moved();
        }

        @Override
        public void release(final FlowKey key, final long atNs) {
            assertTrue(held.remove(key));
        }
    }

    private final class Host implements TransferReceiver.Host {
        @Override
        public @Nullable String prepare(
                final TransferId transfer, final MovingFlow flow, final ConnectionState state) {
            assertEquals(key((int) transfer.number()), flow.key());
            assertEquals(offered.get(transfer), state);
            assertNull(atHost.get(transfer), "prepared twice");
            if (random.nextInt(20) == 0) {
                atHost.put(transfer, "refused");
                return "no room";
            }
            atHost.put(transfer, "prepared");
            return null;
        }

        @Override
        public void goLive(final TransferId transfer, final MovingFlow flow) {
            assertEquals("prepared", atHost.put(transfer, "live"));
            assertEquals(new MovingFlow(key((int) transfer.number()), flow.flowId(), 1), flow);
            assertEquals(1_000 + transfer.number(), flow.flowId());
        }

        @Override
        public void discard(final TransferId transfer) {
            assertEquals("prepared", atHost.put(transfer, "discarded"));
        }
    }

    TransferSender sender() {
        return sender;
    }

    Forwarder forwarder() {
        return forwarder;
    }

    TransferReceiver receiver() {
        return receiver;
    }

    /// What became of the connections, at the classifier.
    List<String> outcomes() {
        return new ArrayList<>(atClassifier.values());
    }
}
