package io.boomerang.sim.chassis;

import io.boomerang.blade.BladeConfig;
import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.blade.processor.PassThrough;
import io.boomerang.cluster.ClusterChannel;
import io.boomerang.cluster.ClusterParameters;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.JGroupsChannel;
import io.boomerang.cluster.JGroupsConfig;
import io.boomerang.cluster.Member;
import io.boomerang.cluster.Member.Role;
import io.boomerang.flow.FlowKey;
import io.boomerang.node.store.NodeStore;
import io.boomerang.redirector.RedirectorConfig;
import io.boomerang.redirector.steering.Decision;
import io.boomerang.redirector.steering.Redirector;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/// One node of a chassis in a process of its own. It takes commands from standard input and answers
/// each with one line: `send FROM TO up|down` lets a frame of each of these flows come in by the
/// outside port, `state` says what the node has, `blades FROM TO` where it has last steered each.
///
/// Arguments: name, first port, how many ports, first port of the backplane, directory of sessions.
final class NodeMain implements ChassisObserver {
    /// Tells answers from whatever else may be written to standard output.
    static final String ANSWER = "> ";

    private static final long IDLE_NS = TimeUnit.MICROSECONDS.toNanos(200);
    private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

    private final ChassisNode node;
    private final NodeStore store;
    private final UdpBackplane backplane;
    private final ChassisClock clock;
    private final Queue<String> commands = new ConcurrentLinkedQueue<>();
    private final PrintStream out;
    private final NodeFrames frames = new NodeFrames();
    private final Map<FlowKey, Integer> blades = new HashMap<>();
    private final Map<Decision, Long> decisions = new TreeMap<>();
    private long emitted;
    private long broken;
    private long pauses;

    private NodeMain(final String[] args) throws IOException {
        out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        final String name = args[0];
        final int id = NodeNames.node(name);
        final Role role = NodeNames.role(id);
        final Instant now = Instant.now();
        clock =
                new RunningClock(
                        TimeUnit.MILLISECONDS.toNanos(now.toEpochMilli() - EPOCH.toEpochMilli()),
                        System::nanoTime);
        backplane = new UdpBackplane(Integer.parseInt(args[3]));
        store = NodeStore.open(Path.of(args[4]), name);
        final Member member =
                new Member(
                        id, name, role, store.incarnation(), ClusterParameters.DEFAULTS.digest());
        final ClusterChannel channel =
                new JGroupsChannel(
                        config(Integer.parseInt(args[1]), Integer.parseInt(args[2])), member);
        final ChassisOptions options =
                new ChassisOptions(
                        1,
                        1,
                        ClusterParameters.DEFAULTS,
                        RedirectorConfig.DEFAULTS.withSessionCapacity(1 << 16),
                        BladeConfig.DEFAULTS
                                .withAnnounce(AnnouncePolicy.CARRY)
                                .withMarkerCapacity(1 << 16),
                        _ -> new PassThrough(),
                        0,
                        ChassisOptions.USUAL_TIMER_NS);
        node =
                role == Role.BLADE
                        ? new ProcessingNode(options, member, 1, channel, backplane, clock, this)
                        : new RedirectorNode(options, member, channel, backplane, clock, this);
        node.keep(store, clock.nowNs());
    }

    private static JGroupsConfig config(final int firstPort, final int ports) {
        final InetAddress loopback = InetAddress.getLoopbackAddress();
        return new JGroupsConfig(
                "nodes-" + firstPort,
                JGroupsConfig.Stack.TCP,
                loopback,
                firstPort,
                ports - 1,
                List.of(new InetSocketAddress(loopback, firstPort)));
    }

    public static void main(final String[] args) throws IOException {
        final NodeMain main = new NodeMain(args);
        Thread.ofPlatform().daemon().name("commands").start(main::listen);
        main.node.control.connect();
        main.say("ready");
        main.run();
    }

    private void listen() {
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                commands.add(line);
            }
        } catch (final IOException e) {
            throw new IllegalStateException("standard input failed", e);
        }
        Runtime.getRuntime().halt(0); // the test is gone
    }

    private void run() {
        long lastNs = clock.nowNs();
        long timersNs = lastNs;
        while (true) {
            final long nowNs = clock.nowNs();
            if (nowNs - lastNs > Redirector.PAUSE_NS) {
                pauses++;
                node.onResumed(nowNs - lastNs, nowNs);
            }
            lastNs = nowNs;
            int done = node.control.drain(nowNs) + backplane.deliverDue(nowNs);
            if (nowNs - timersNs >= ChassisOptions.USUAL_TIMER_NS) {
                timersNs = nowNs;
                node.onTimer(nowNs);
            }
            node.control.flush();
            final String command = commands.poll();
            if (command != null) {
                obey(command.split(" "));
                done++;
            }
            if (done == 0) {
                LockSupport.parkNanos(this, IDLE_NS);
            }
        }
    }

    private void obey(final String[] words) {
        switch (words[0]) {
            case "send" -> {
                send(Integer.parseInt(words[1]), Integer.parseInt(words[2]), words[3].equals("up"));
                say("sent");
            }
            case "state" -> say(state());
            case "blades" -> {
                final List<String> list = new ArrayList<>();
                IntStream.range(Integer.parseInt(words[1]), Integer.parseInt(words[2]))
                        .forEach(flow ->
                                list.add(String.valueOf(blades.get(frames.write(flow, true)))));
                say(String.join(",", list));
            }
            default -> say("no command is called " + words[0]);
        }
    }

    private void send(final int from, final int to, final boolean up) {
        final Redirector redirector = ((RedirectorNode) node).redirector;
        for (int flow = from; flow < to; flow++) {
            frames.write(flow, up);
            redirector.onFrame(frames.frame(), 0, frames.length(), flow + 1, clock.nowNs());
            backplane.deliverDue(clock.nowNs());
        }
    }

    private String state() {
        final int members = members(node).size();
        final var restored = node.restored();
        final String common =
                "members=%d idle=%b restored=%d damaged=%d written=%d pauses=%d"
                        .formatted(
                                members,
                                node.isIdle(),
                                restored == null ? 0 : restored.taken(),
                                restored == null ? 0 : restored.damaged(),
                                store.counters().written(),
                                pauses);
        return common
                + switch (node) {
                    case RedirectorNode entry ->
                            " live=%d emitted=%d broken=%d decisions=%s"
                                    .formatted(
                                            entry.redirector.sessions().live(),
                                            emitted,
                                            broken,
                                            decisions.toString().replace(" ", ""));
                    case ProcessingNode processing ->
                            " live=%d".formatted(processing.blade.counters().liveFlows());
                };
    }

    private static Collection<Member> members(final ChassisNode node) {
        final ClusterView view = node.control.view();
        return view == null ? List.of() : view.members();
    }

    private void say(final String line) {
        out.println(ANSWER + line);
    }

    @Override
    public void onSteered(
            final int redirector,
            final long packetNumber,
            final Decision decision,
            final FlowKey key,
            final long flowId,
            final int blade,
            final long nowNs) {
        decisions.merge(decision, 1L, Long::sum);
        blades.put(key.copy(), blade);
    }

    @Override
    public void onEmitted(final int redirector, final long packetNumber, final long nowNs) {
        emitted++;
    }

    @Override
    public void onBroken(
            final int redirector, final FlowKey key, final int deadBlade, final long nowNs) {
        broken++;
    }
}
