package io.boomerang.handoff.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.handoff.ConnectionState;
import io.boomerang.handoff.Octets;
import io.boomerang.handoff.RandomStates;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;

/// A classifier gives some connections to a host over a bad link; either may die at any step. Looks
/// after every step who owns what. Everything from one seed.
final class HandOver implements TransferSender.Listener, TransferReceiver.Host {
    private static final long DELAY_NS = 50_000;
    private static final long DETECTION_NS = 300_000_000L;
    private static final long PATIENCE_NS = 2_000_000_000L;
    private static final int MAX_STEPS = 200_000;
    private static final int MAX_BLOB_BYTES = 1 << 19;

    private final RandomGenerator random;
    private final int faultPercent;
    private final int deathStep;
    private final boolean hostDies;
    private final TransferSender sender;
    private final TransferReceiver receiver;
    private final PriorityQueue<Datagram> link =
            new PriorityQueue<>(
                    Comparator.comparingLong(Datagram::atNs).thenComparingLong(Datagram::number));
    private final Map<Long, ConnectionState> offered = new HashMap<>();
    private final Map<Long, String> atClassifier = new HashMap<>();
    private final Map<Long, String> atHost = new HashMap<>();
    private long nowNs;
    private long datagramCount;
    private int step;
    private boolean classifierLives = true;
    private boolean hostLives = true;
    private boolean deathIsKnown;
    private long diedAtNs;

    private record Datagram(long atNs, long number, boolean toHost, MemorySegment bytes) {}

    /// @param deathStep at which the one or the other dies; negative for never
    HandOver(
            final RandomGenerator random,
            final int faultPercent,
            final int deathStep,
            final boolean hostDies) {
        this.random = random;
        this.faultPercent = faultPercent;
        this.deathStep = deathStep;
        this.hostDies = hostDies;
        sender = new TransferSender(port(true), this, PATIENCE_NS);
        receiver = new TransferReceiver(port(false), this, PATIENCE_NS, MAX_BLOB_BYTES);
    }

    private DatagramPort port(final boolean toHost) {
        return (memory, offset, length) -> {
            if (chance()) {
                return;
            }
            for (int copies = chance() ? 2 : 1; copies > 0; copies--) {
                final byte[] bytes = memory.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
                if (chance()) {
                    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                }
                final long delayNs = DELAY_NS * (chance() ? 1 + random.nextInt(200) : 1);
                link.add(
                        new Datagram(
                                nowNs + delayNs,
                                datagramCount++,
                                toHost,
                                MemorySegment.ofArray(bytes)));
            }
        };
    }

    private boolean chance() {
        return random.nextInt(100) < faultPercent;
    }

    /// Answers how many steps it took.
    int run(final int connections) {
        final RandomStates states = new RandomStates(random);
        for (int i = 0; i < connections; i++) {
            final ConnectionState state = grown(states.next());
            // Known before: the answer may be quicker than the call.
            offered.put((long) i, state);
            atClassifier.put((long) i, "frozen");
            assertEquals(i, sender.offer(state, nowNs));
        }
        while (!isOver()) {
            assertTrue(++step < MAX_STEPS, () -> "it does not end: " + atClassifier + atHost);
            if (step == deathStep) {
                die();
            }
            next();
            if (random.nextInt(200) == 0 && classifierLives) {
                sender.cancel(random.nextInt(connections), nowNs);
            }
            offered.keySet().forEach(this::checkOwners);
        }
        offered.keySet().forEach(this::checkOutcome);
        return step;
    }

    private ConnectionState grown(final ConnectionState state) {
        return random.nextInt(10) > 0
                ? state
                : state.with(Octets.of(new byte[random.nextInt(200_000)]), Octets.NONE);
    }

    private boolean isOver() {
        if (!classifierLives || !hostLives) {
            return deathIsKnown;
        }
        return sender.openCount() == 0 && (link.isEmpty() || step > deathStep);
    }

    private void die() {
        if (hostDies) {
            hostLives = false;
        } else {
            classifierLives = false;
        }
        diedAtNs = nowNs;
    }

    private void next() {
        final long detectionNs =
                classifierLives && hostLives ? Long.MAX_VALUE : diedAtNs + DETECTION_NS;
        final long dueNs =
                Math.min(
                        detectionNs,
                        Math.min(
                                classifierLives ? sender.nextDueNs() : Long.MAX_VALUE,
                                hostLives ? receiver.nextDueNs() : Long.MAX_VALUE));
        final Datagram datagram = link.peek();
        if (datagram != null && datagram.atNs <= dueNs) {
            link.poll();
            nowNs = Math.max(nowNs, datagram.atNs);
            deliver(datagram);
        } else if (dueNs == detectionNs && detectionNs != Long.MAX_VALUE) {
            nowNs = Math.max(nowNs, dueNs);
            learnOfDeath();
        } else if (dueNs != Long.MAX_VALUE) {
            nowNs = Math.max(nowNs, dueNs);
            if (classifierLives) {
                sender.poll(nowNs);
            }
            if (hostLives) {
                receiver.poll(nowNs);
            }
        }
    }

    private void deliver(final Datagram datagram) {
        final int length = (int) datagram.bytes.byteSize();
        if (datagram.toHost && hostLives) {
            receiver.receive(datagram.bytes, 0, length, nowNs);
        } else if (!datagram.toHost && classifierLives) {
            sender.receive(datagram.bytes, 0, length, nowNs);
        }
    }

    private void learnOfDeath() {
        deathIsKnown = true;
        if (hostDies) {
            sender.hostGone();
        } else {
            receiver.classifierGone();
        }
    }

    private void checkOwners(final long id) {
        final boolean kept = "kept".equals(atClassifier.get(id));
        final boolean live = "live".equals(atHost.get(id));
        assertFalse(kept && live && hostLives, () -> "two owners of " + id);
        assertFalse(
                "given".equals(atClassifier.get(id)) && !live,
                () -> "given to nobody: " + id + ", there " + atHost.get(id));
    }

    private void checkOutcome(final long id) {
        final String here = atClassifier.get(id);
        final String there = atHost.get(id);
        if (classifierLives) {
            // What it was told that the host owns may have died with the host, and nothing else.
            assertTrue("kept".equals(here) || "given".equals(here), () -> id + " is " + here);
            assertFalse(hostLives && "kept".equals(here) && "live".equals(there));
            assertFalse(hostLives && "prepared".equals(there), () -> id + " is nobody's");
        } else {
            assertFalse("prepared".equals(there), () -> id + " is complete and nobody's");
        }
    }

    @Override
    public void given(final long transfer) {
        assertEquals("frozen", atClassifier.put(transfer, "given"));
    }

    @Override
    public void kept(final long transfer, final String reason) {
        assertEquals("frozen", atClassifier.put(transfer, "kept"));
        assertFalse(reason.isBlank());
    }

    @Override
    public @Nullable String prepare(final long transfer, final ConnectionState state) {
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
    public void goLive(final long transfer) {
        assertEquals("prepared", atHost.put(transfer, "live"));
        assertFalse("kept".equals(atClassifier.get(transfer)), "live after it was kept");
    }

    @Override
    public void discard(final long transfer) {
        assertEquals("prepared", atHost.put(transfer, "discarded"));
    }

    TransferSender sender() {
        return sender;
    }

    TransferReceiver receiver() {
        return receiver;
    }

    /// What became of the connections, at the classifier.
    List<String> outcomes() {
        return new ArrayList<>(atClassifier.values());
    }
}
