package io.boomerang.sim.replay;

import io.boomerang.announce.DesiredRule;
import io.boomerang.blade.BladeCounters;
import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.cluster.Member.Role;
import io.boomerang.flow.FlowKey;
import io.boomerang.node.store.RestoredNode;
import io.boomerang.sim.capture.CaptureDamage;
import io.boomerang.sim.capture.CaptureException;
import io.boomerang.sim.chassis.Chassis;
import io.boomerang.sim.chassis.ChassisClock;
import io.boomerang.sim.chassis.ChassisObserver;
import io.boomerang.sim.chassis.ClusterSource;
import io.boomerang.sim.chassis.MemoryBackplane;
import io.boomerang.sim.chassis.NodeNames;
import io.boomerang.sim.report.BladeShare;
import io.boomerang.sim.report.Latency;
import io.boomerang.sim.report.Progress;
import io.boomerang.sim.report.ReplayReport;
import io.boomerang.sim.report.StallRecorder;
import io.boomerang.sim.report.SteeringLog;
import io.boomerang.sim.report.Trace;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/// One run of captures through a chassis, from its start to its report. One thread; a control plane
/// over JGroups has threads of its own.
public final class Replay {
    private static final long START_NS = 1_000_000_000L;
    private static final long FINISH_LIMIT_NS = 10_000_000_000L;
    private static final int MOST_FLOWS = 1 << 22;
    private static final int PROGRESS_PACKETS = 1 << 10;

    private final ReplayOptions options;
    private final FlowBook book = new FlowBook(MOST_FLOWS);
    private final FlightLedger ledger = new FlightLedger();
    private final OutsideWorld world;
    private final Deque<ScheduledEvent> events = new ArrayDeque<>();
    private final List<String> damage = new ArrayList<>();
    private final List<String> happened = new ArrayList<>();
    private List<String> explanation = List.of();
    private long packets;

    public Replay(final ReplayOptions options) {
        this.options = options;
        world = new OutsideWorld(book, options.flowRules());
        options.events().stream()
                .sorted(Comparator.comparingLong(ScheduledEvent::packet))
                .forEach(events::add);
    }

    /// Runs to the end. A file that is no capture, or is damaged, is in the report; those after it
    /// are replayed.
    ///
    /// @throws IOException when a file cannot be read or written
    /// @throws IllegalArgumentException when an event names a blade that is not there
    public ReplayReport run() throws IOException {
        final ChassisPlan plan = new ChassisPlan(options);
        try (SteeringLog log = openLog();
                Tracer tracer = openTracer();
                ClusterSource cluster = plan.cluster(START_NS);
                StallRecorder stalls = new StallRecorder()) {
            final ChassisClock clock = cluster.clock(START_NS);
            final LongSupplier latencyClock = clock.isRunning() ? System::nanoTime : clock::nowNs;
            if (clock.isRunning()) {
                stalls.start();
            }
            final ReplayJudge judge =
                    new ReplayJudge(book, ledger, world, isTranslating(), latencyClock, log);
            final Explainer explainer = explainer();
            ChassisObserver observer = judge;
            observer = tracer == null ? observer : new ObserverFan(observer, tracer);
            observer = explainer == null ? observer : new ObserverFan(observer, explainer);
            try (Chassis chassis =
                    new Chassis(plan.chassis(), cluster, new MemoryBackplane(), clock, observer)) {
                return run(chassis, judge, tracer, explainer, stalls);
            }
        }
    }

    private boolean isTranslating() {
        return options.processor() == ProcessorKind.SOURCE_NAT;
    }

    private @Nullable SteeringLog openLog() throws IOException {
        final Path file = options.steeringLog();
        return file == null ? null : new SteeringLog(file);
    }

    private @Nullable Tracer openTracer() throws IOException {
        final Path file = options.trace();
        return file == null
                ? null
                : new Tracer(new Trace(file), options.redirectors(), options.blades());
    }

    private @Nullable Explainer explainer() {
        if (options.explain().isEmpty()) {
            return null;
        }
        final Set<Long> numbers = new HashSet<>();
        final Set<FlowKey> flows = new HashSet<>();
        for (final ExplainTarget target : options.explain()) {
            switch (target) {
                case ExplainTarget.Packet(long number) -> numbers.add(number);
                case ExplainTarget.Flow(FlowKey key) -> flows.add(key);
            }
        }
        return new Explainer(numbers, flows);
    }

    private ReplayReport run(
            final Chassis chassis,
            final ReplayJudge judge,
            final @Nullable Tracer tracer,
            final @Nullable Explainer explainer,
            final StallRecorder stalls)
            throws IOException {
        chassis.start();
        chassis.restored().stream()
                .filter(RestoredNode::hasFoundAny)
                .forEach(node -> happened.add(restored(node)));
        final long controlBytesBefore = chassis.controlTraffic().bytes();
        final PacketFeed feed =
                new PacketFeed(
                        chassis,
                        book,
                        ledger,
                        world,
                        explainer,
                        isTranslating(),
                        options.fixChecksums());
        final ReplayTime time = new ReplayTime(chassis, options.speed(), System::nanoTime);
        final SideAssigner sides = new SideAssigner(options.sideRule());
        final long startedNs = System.nanoTime();
        long bytesBefore = 0;
        try (Progress progress = Progress.ofBytes(options.progress(), totalBytes())) {
            for (final Path file : options.files()) {
                time.startFile();
                final Passage passage =
                        new Passage(chassis, judge, tracer, feed, time, progress, bytesBefore);
                try (SidedCapture capture = new SidedCapture(file, options.flowRules(), sides)) {
                    replay(capture, passage);
                    note(file, capture.damage());
                } catch (final CaptureException e) {
                    damage.add(String.valueOf(e.getMessage()));
                }
                bytesBefore += sizeOf(file);
            }
            finish(chassis, judge);
        }
        final long durationNs = System.nanoTime() - startedNs;
        if (explainer != null) {
            explanation = explainer.report(chassis);
        }
        return report(
                judge,
                durationNs,
                chassis.controlTraffic().bytes() - controlBytesBefore,
                stalls.stalls());
    }

    private static String restored(final RestoredNode node) {
        final StringBuilder text = new StringBuilder("at the start: ");
        text.append(node.name()).append(" took back ").append(node.taken()).append(" sessions");
        if (node.over() > 0) {
            text.append(", ").append(node.over()).append(" were over");
        }
        if (node.damaged() > 0) {
            text.append(", ").append(node.damaged()).append(" were damaged");
        }
        node.setAside().forEach(reason -> text.append("; set aside ").append(reason));
        return text.toString();
    }

    private long totalBytes() throws IOException {
        long total = 0;
        for (final Path file : options.files()) {
            total += sizeOf(file);
        }
        return total;
    }

    private static long sizeOf(final Path file) throws IOException {
        return Files.isRegularFile(file) ? Files.size(file) : 0;
    }

    /// All that a capture's packets pass by on their way in.
    private record Passage(
            Chassis chassis,
            ReplayJudge judge,
            @Nullable Tracer tracer,
            PacketFeed feed,
            ReplayTime time,
            Progress progress,
            long bytesBefore) {}

    private void replay(final SidedCapture capture, final Passage passage) throws IOException {
        final SidedPacket packet = new SidedPacket();
        final long before = packets;
        while (capture.next(packet)) {
            packets = before + packet.number();
            while (!events.isEmpty() && events.element().packet() <= packets) {
                final ChassisEvent event = events.remove().event();
                happened.add(
                        "before packet "
                                + packets
                                + ": "
                                + apply(event, passage.chassis, passage.judge));
            }
            if (packet.isFramed()) {
                passage.time.advanceTo(packet.timestampNs());
                if (passage.tracer != null) {
                    passage.tracer.startAt(packet.timestampNs(), passage.chassis.nowNs());
                }
                passage.feed.feed(packets, packet);
            } else {
                passage.judge.refuse(packets, EventText.label(packet.framing()));
            }
            if (packets % PROGRESS_PACKETS == 0 && passage.progress.isShown()) {
                passage.progress.stepTo(passage.bytesBefore + capture.consumedBytes());
            }
        }
    }

    private static String apply(
            final ChassisEvent event, final Chassis chassis, final ReplayJudge judge) {
        return switch (event) {
            case ChassisEvent.AddBlade() -> chassis.add(Role.BLADE) + " joined";
            case ChassisEvent.AddRedirector added -> chassis.add(added.role()) + " joined";
            case ChassisEvent.Drain(String name) -> {
                chassis.drain(name);
                yield name + " drains";
            }
            case ChassisEvent.Move(String blade) -> {
                judge.onMoveOrdered(NodeNames.node(blade));
                final BladeCounters after = chassis.move(blade);
                yield blade
                        + " drains, "
                        + after.moves().given()
                        + " flows moved, "
                        + after.liveFlows()
                        + " stay";
            }
            case ChassisEvent.Weight(String blade, int weight) -> {
                chassis.setWeight(blade, weight);
                yield blade + " has weight " + weight;
            }
            case ChassisEvent.Rule(DesiredRule desired) -> {
                chassis.changeRule(desired);
                yield desired.policy() == null
                        ? "another hash key"
                        : "policy " + EventText.label(desired.policy());
            }
            case ChassisEvent.Kill(String name) -> {
                judge.onDeath(chassis.kill(name));
                yield name + " died";
            }
        };
    }

    private void note(final Path file, final @Nullable CaptureDamage captureDamage) {
        if (captureDamage != null) {
            damage.add(file + ": " + captureDamage);
        }
    }

    /// Lets everything end that can: packets held for an acknowledgement, then fragments whose
    /// first one never came. What is still inside after that has been lost without a reason.
    private void finish(final Chassis chassis, final ReplayJudge judge) {
        chassis.await(() -> ledger.inFlight() == 0 && chassis.isQuiet(), FINISH_LIMIT_NS);
        chassis.flushFragments();
        chassis.await(() -> ledger.inFlight() == 0, FINISH_LIMIT_NS);
        ledger.forEach(judge::lose);
        for (final ScheduledEvent late : events) {
            happened.add("packet " + late.packet() + " never came: " + late.event() + " left out");
        }
    }

    private ReplayReport report(
            final ReplayJudge judge,
            final long durationNs,
            final long controlBytes,
            final Latency machineStalls) {
        final List<BladeShare.Load> loads = new ArrayList<>();
        judge.loads()
                .forEach((blade, load) ->
                        loads.add(
                                new BladeShare.Load(
                                        NodeNames.of(blade),
                                        load[ReplayJudge.FLOWS],
                                        load[ReplayJudge.PACKETS])));
        return ReplayReport.of(
                options.files().stream().map(Path::toString).toList(),
                damage,
                packets,
                book.count(),
                durationNs,
                happened,
                loads,
                judge.outcomes(),
                judge.firstReturns(),
                judge.firstReturnMisses(),
                judge.firstReturnsAfterEnd(),
                judge.detours(),
                judge.waitedForAnswer(),
                ReplayReport.Announcements.of(
                        judge.announcements(),
                        judge.carriedAnnouncements(),
                        judge.installed(),
                        judge.announcementBytes(),
                        controlBytes,
                        book.count(),
                        judge.latencies()),
                machineStalls,
                book.countFlagged(FlowBook.SPLIT),
                book.countFlagged(FlowBook.LOST_ITS_BLADE),
                brokenPromises(judge));
    }

    private List<String> brokenPromises(final ReplayJudge judge) {
        final Promises promises = new Promises();
        promises.require(
                "P1 one flow, one blade",
                book.countFlagged(FlowBook.SPLIT),
                "flows met a second blade while their first one lived");
        promises.require(
                "P1 one flow, one blade",
                judge.strayTranslations(),
                "packets came back with another address than their flow has");
        if (options.announce() != AnnouncePolicy.ASYNC) {
            promises.require(
                    "P2 the return packet never outruns its session",
                    judge.firstReturnMisses(),
                    "first return packets found no session");
        }
        promises.require(
                "P4 bounded", judge.deliveredTwice(), "packets reached a blade more than once");
        promises.require("P4 bounded", judge.endedTwice(), "packets ended more than once");
        promises.require("P5 nothing gets in", judge.lost(), "packets were lost without a reason");
        return promises.broken();
    }

    /// What was asked to be explained, line by line; empty before the end.
    public List<String> explanation() {
        return explanation;
    }
}
