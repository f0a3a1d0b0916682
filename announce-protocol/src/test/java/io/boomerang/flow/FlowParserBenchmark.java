package io.boomerang.flow;

import static io.boomerang.flow.Frames.ethernet;
import static io.boomerang.flow.Frames.ipv4;
import static io.boomerang.flow.Frames.ipv6;
import static io.boomerang.flow.Frames.tcp;
import static io.boomerang.flow.Frames.vlan;

import io.boomerang.wire.RecordedFrames;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;

/// Nanoseconds from a frame in cache to its flow, and to its flow's hash.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FlowParserBenchmark {
    private final FlowParser parser = new FlowParser(FlowRules.DEFAULTS);
    private final ParsedPacket packet = new ParsedPacket();
    private final FlowHash hash = new FlowHash(1, 2);

    @Param({"TCP_V4", "TCP_V6", "VLAN_TCP_V4"})
    public String kind = "TCP_V4";

    private MemorySegment frame = MemorySegment.NULL;
    private int length;

    @Setup
    public void setUp() {
        final byte[] bytes =
                switch (kind) {
                    case "TCP_V4" -> ethernet(ipv4("10.0.0.1", "10.0.0.2", tcp(4711, 80)));
                    case "TCP_V6" -> ethernet(ipv6("2001:db8::1", "2001:db8::2", tcp(4711, 80)));
                    case "VLAN_TCP_V4" ->
                            ethernet(vlan(7, ipv4("10.0.0.1", "10.0.0.2", tcp(4711, 80))));
                    default -> throw new IllegalArgumentException(kind);
                };
        frame = RecordedFrames.segment(bytes);
        length = bytes.length;
    }

    @Benchmark
    public PacketClass parse() {
        return parser.parse(frame, 0, length, packet);
    }

    @Benchmark
    public long parseAndHash() {
        parser.parse(frame, 0, length, packet);
        return hash.hash(packet.key());
    }
}
