package io.boomerang.redirector.session;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.boomerang.announce.TcpPhase;
import io.boomerang.flow.FlowKey;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// What finding the session of a random existing flow costs, against reading one random line of the
/// same memory. Key and hash are made anew for each look-up, as a packet would bring them; {@link
/// #hashOnly} says what that costs without any memory. A JVM fills a table once for all methods:
/// where the first touch of memory is slow, measure 16 M with `-f 0`.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 10, time = 1)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
public class SessionLookUpBenchmark {
    private static final int BURST = 32;
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final Map<Integer, SessionTable> TABLES = new ConcurrentHashMap<>();

    @Param({"1048576", "16777216"})
    private int sessions;

    private final FlowKey[] keys = new FlowKey[BURST];
    private final long[] hashes = new long[BURST];
    private final long[] found = new long[BURST];

    private SessionTable table;
    private MemorySegment memory;
    private long lineMask;
    private long walk;

    @Setup(Level.Trial)
    public void fill() {
        Arrays.setAll(keys, _ -> new FlowKey());
        table = TABLES.computeIfAbsent(sessions, SessionLookUpBenchmark::full);
        memory = table.memory().memory();
        lineMask = table.slotCount() - 1;
    }

    private static SessionTable full(final int sessions) {
        final SessionTable table = new SessionTable(sessions, Flows.HASH::hash, (_, _) -> false);
        final FlowKey key = new FlowKey();
        for (final long place : inOrderOfHome(sessions, table.slotCount() - 1)) {
            final int number = (int) place;
            Flows.setIpv4(key, number);
            table.install(
                    key,
                    Flows.HASH.hash(key),
                    Origin.DECIDED,
                    number,
                    1 + number % 8,
                    1,
                    1,
                    600_000,
                    TcpPhase.ESTABLISHED,
                    0);
        }
        return table;
    }

    /// The numbers of all flows, each below its home slot, so that memory is filled from one end to
    /// the other.
    private static long[] inOrderOfHome(final int sessions, final long mask) {
        final FlowKey key = new FlowKey();
        final long[] places = new long[sessions];
        for (int number = 0; number < sessions; number++) {
            Flows.setIpv4(key, number);
            places[number] = (Flows.HASH.hash(key) & mask) << Integer.SIZE | number;
        }
        Arrays.parallelSort(places);
        return places;
    }

    /// Reads that do not wait for each other.
    @Benchmark
    @OperationsPerInvocation(BURST)
    public long rawLines() {
        long sum = 0;
        for (int i = 0; i < BURST; i++) {
            sum += memory.get(JAVA_LONG, (random() & lineMask) << SlotLayout.SLOT_SHIFT);
        }
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public long hashOnly() {
        long sum = 0;
        for (int i = 0; i < BURST; i++) {
            sum += nextHash(keys[i]);
        }
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public long oneByOne() {
        long sum = 0;
        for (int i = 0; i < BURST; i++) {
            sum += table.find(keys[i], nextHash(keys[i]));
        }
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public long inBursts() {
        for (int i = 0; i < BURST; i++) {
            hashes[i] = nextHash(keys[i]);
        }
        table.findBurst(keys, hashes, BURST, found);
        long sum = 0;
        for (int i = 0; i < BURST; i++) {
            sum += found[i];
        }
        return sum;
    }

    private long nextHash(final FlowKey key) {
        Flows.setIpv4(key, (int) random() & sessions - 1);
        return Flows.HASH.hash(key);
    }

    private long random() {
        walk += GOLDEN;
        final long mixed = (walk ^ walk >>> 32) * 0xD6E8FEB86659FD93L;
        return mixed ^ mixed >>> 32;
    }
}
