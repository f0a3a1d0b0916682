package io.boomerang.redirector.steering;

import io.boomerang.announce.ControlMessage;
import io.boomerang.announce.SessionPage;
import io.boomerang.announce.SessionPull;
import io.boomerang.backplane.InMemoryBackplane;
import io.boomerang.cluster.ClusterParameters;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.ControlSender;
import io.boomerang.cluster.Member;
import io.boomerang.cluster.Member.Role;
import io.boomerang.redirector.RedirectorConfig;

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

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// The whole step of a redirector for a packet of a known flow: parse, look up, decide,
/// encapsulate; and what the backplane's delivery to a blade that does nothing adds. Run with
/// `-prof gc` to see the bytes allocated per packet.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class RedirectorBenchmark {
    private static final int BURST = 256;
    private static final int SOURCE_ADDRESS = 26;
    private static final ValueLayout.OfInt BE32 =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    @Param({"1000", "1000000"})
    int flows;

    private final SplittableRandom random = new SplittableRandom(1);
    private final Arena arena = Arena.ofShared();
    private final MemorySegment frame = arena.allocate(64);
    private final InMemoryBackplane backplane = new InMemoryBackplane(1 << 20);

    @SuppressWarnings("NullAway.Init") // by openFlows
    private Redirector redirector;

    private long received;
    private long nowNs = 1_000_000_000L;

    @Setup(Level.Trial)
    public void openFlows() {
        final Member self = new Member(1, "ingress-1", Role.INGRESS_REDIRECTOR, 1, 0);
        final Map<Integer, SessionPull> pulls = new HashMap<>();
        final ControlSender control =
                new ControlSender() {
                    @Override
                    public void send(final int node, final ControlMessage message) {
                        if (message instanceof final SessionPull pull) {
                            pulls.put(node, pull);
                        }
                    }

                    @Override
                    public void broadcast(final ControlMessage message) {}
                };
        redirector =
                new Redirector(
                        RedirectorConfig.DEFAULTS.withSessionCapacity(
                                Math.max(1 << 12, flows + flows / 16)),
                        ClusterParameters.DEFAULTS,
                        self,
                        backplane.connect(1, (from, datagram, offset, length) -> {}),
                        control,
                        (outFrame, offset, length) -> true,
                        SteeringObserver.NONE);
        final List<Member> members = new ArrayList<>(List.of(self));
        for (int node = 201; node <= 204; node++) {
            members.add(new Member(node, "blade-" + node, Role.BLADE, 1, 0));
            backplane.connect(node, (from, datagram, offset, length) -> received += length);
        }
        redirector.onView(new ClusterView(1, members), nowNs);
        pulls.forEach((blade, pull) ->
                redirector.onMessage(
                        blade,
                        new SessionPage(pull.pullId(), 0, SessionPage.END, 1, List.of()),
                        nowNs));
        final MemorySegment syn = Frames.tcp(1, 1000, 2, 80, Frames.SYN);
        MemorySegment.copy(syn, 0, frame, 0, syn.byteSize());
        for (int flow = 0; flow < flows; flow++) {
            frame.set(BE32, SOURCE_ADDRESS, flow);
            redirector.onFrame(frame, 0, 54, 0, nowNs);
            backplane.poll(1);
        }
        if (redirector.counters().flowsDecided() != flows) {
            throw new IllegalStateException("the flows are not known");
        }
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public long steerKnownFlow() {
        for (int i = 0; i < BURST; i++) {
            frame.set(BE32, SOURCE_ADDRESS, random.nextInt(flows));
            redirector.onFrame(frame, 0, 54, 0, nowNs);
        }
        backplane.poll(BURST);
        return received;
    }

    @TearDown
    public void close() {
        redirector.close();
        backplane.close();
        arena.close();
    }
}
