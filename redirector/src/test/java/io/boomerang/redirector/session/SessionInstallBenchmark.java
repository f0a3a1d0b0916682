package io.boomerang.redirector.session;

import io.boomerang.announce.TcpPhase;
import io.boomerang.flow.FlowKey;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.TimeUnit;

/// What a session record costs at the default capacity.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 10, time = 1)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
public class SessionInstallBenchmark {
    private static final int CAPACITY = SessionTable.DEFAULT_CAPACITY;
    private static final int STRIDE = 1_000_003;

    private final FlowKey key = new FlowKey();

    private SessionTable table;
    private int number;
    private long flowId;

    @Setup(Level.Trial)
    public void fill() {
        table = new SessionTable(CAPACITY, Flows.HASH::hash, (_, _) -> false);
        for (number = 0; number < CAPACITY; number++) {
            install(number, TcpPhase.EMBRYONIC);
        }
    }

    @TearDown(Level.Trial)
    public void close() {
        table.close();
    }

    /// A flood of new flows into a full table: each pushes the oldest embryonic session out.
    @Benchmark
    public Installation installIntoFullTable() {
        number = number + 1 & Integer.MAX_VALUE;
        return install(number, TcpPhase.EMBRYONIC);
    }

    /// A newer record of a random session.
    @Benchmark
    public Installation change() {
        number = number + STRIDE & CAPACITY - 1;
        return install(number, TcpPhase.EMBRYONIC);
    }

    /// The sweep for leases that are over, a thousand slots at a time.
    @Benchmark
    public int expire() {
        return table.expire(0, 1_000);
    }

    private Installation install(final int flow, final TcpPhase phase) {
        Flows.setIpv4(key, flow);
        return table.install(
                key,
                Flows.HASH.hash(key),
                Origin.ANNOUNCED,
                ++flowId,
                1 + (flow & 7),
                1,
                1,
                600_000,
                phase,
                0);
    }
}
