package io.boomerang.sim.replay;

import io.boomerang.announce.SelectionPolicy;
import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.blade.processor.FirewallRules;
import io.boomerang.flow.FlowRules;
import io.boomerang.sim.capture.CaptureReader;
import io.boomerang.sim.capture.CapturedPacket;
import io.boomerang.sim.capture.SyntheticCapture;
import io.boomerang.sim.report.ReplayReport;

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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Packets per second of a synthetic capture of 1 GB: only read, and replayed through a chassis of
/// an ingress redirector, an egress redirector and four blades with the control plane in memory.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
public class ReplayBenchmark {
    private static final int FLOWS = 60_000;
    private static final int PACKETS_PER_FLOW = 30;
    private static final int PACKETS = FLOWS * PACKETS_PER_FLOW;
    private static final int UDP_PERCENT = 30;
    private static final int PAYLOAD_BYTES = 900;

    @Param({"PASS", "FIREWALL", "SOURCE_NAT"})
    ProcessorKind processor = ProcessorKind.PASS;

    @SuppressWarnings("NullAway.Init") // by writeCapture
    private Path capture;

    @Setup(Level.Trial)
    public void writeCapture() throws IOException {
        capture = Files.createTempFile("synthetic", ".pcap");
        final long packets =
                new SyntheticCapture(FLOWS, PACKETS_PER_FLOW, UDP_PERCENT, PAYLOAD_BYTES, 1)
                        .writeTo(capture);
        if (packets != PACKETS) {
            throw new IllegalStateException(packets + " packets, not " + PACKETS);
        }
    }

    @Benchmark
    @OperationsPerInvocation(PACKETS)
    public long read() throws IOException {
        long bytes = 0;
        try (CaptureReader reader = new CaptureReader(capture)) {
            final CapturedPacket packet = new CapturedPacket();
            while (reader.next(packet)) {
                bytes += packet.capturedLength();
            }
        }
        return bytes;
    }

    @Benchmark
    @OperationsPerInvocation(PACKETS)
    public ReplayReport replay() throws IOException {
        final ReplayReport report =
                new Replay(
                                new ReplayOptions(
                                        List.of(capture),
                                        4,
                                        1,
                                        processor,
                                        FirewallRules.DEFAULTS,
                                        SelectionPolicy.BUCKETS,
                                        AnnouncePolicy.CARRY,
                                        0,
                                        ClusterKind.MEMORY,
                                        null,
                                        1,
                                        ReplaySpeed.MAX,
                                        new SideRule.FirstPacket(),
                                        FlowRules.DEFAULTS,
                                        false,
                                        1 << 20,
                                        null,
                                        null,
                                        null,
                                        List.of(),
                                        List.of(),
                                        null,
                                        false))
                        .run();
        if (!report.isClean()) {
            throw new IllegalStateException(report.brokenPromises().toString());
        }
        return report;
    }

    @TearDown(Level.Trial)
    public void deleteCapture() throws IOException {
        Files.delete(capture);
    }
}
