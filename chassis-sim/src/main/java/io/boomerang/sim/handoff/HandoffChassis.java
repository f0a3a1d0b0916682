package io.boomerang.sim.handoff;

import io.boomerang.announce.ControlMessage;
import io.boomerang.announce.SelectionPolicy;
import io.boomerang.backplane.Backplane;
import io.boomerang.blade.BladeConfig;
import io.boomerang.blade.BladeObserver;
import io.boomerang.blade.terminal.LocalStack;
import io.boomerang.blade.terminal.TerminalBlade;
import io.boomerang.cluster.ClusterParameters;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.ControlSender;
import io.boomerang.cluster.Member;
import io.boomerang.cluster.Member.Role;
import io.boomerang.port.FrameOutlet;
import io.boomerang.redirector.RedirectorConfig;
import io.boomerang.redirector.steering.Redirector;
import io.boomerang.redirector.steering.SteeringObserver;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;

/// Redirectors and blades of production, on which the connections of ingress clients end; the
/// blades' TCP stacks are given. One thread.
///
/// @param <S> the stacks
final class HandoffChassis<S extends HandoffChassis.Stack> implements AutoCloseable {
    private static final long MS = 1_000_000L;
    private static final long CONTROL_DELAY_NS = 200_000;
    private static final long MOST_CONTROL_DELAY_NS = 50_000_000;
    private static final int LATE_ONE_IN = 8;
    private static final long DETECTION_NS = 250 * MS;
    private static final long DETECTION_SPREAD_NS = 50 * MS;
    private static final long PATIENCE_NS = 1_000 * MS;
    private static final int CELLS = 128;
    private static final int EGRESS = 10;
    private static final int FIRST_BLADE = 11;

    private final Schedule schedule;
    private final SplittableRandom random;
    private final ClusterParameters parameters;
    private final IntFunction<Backplane> backplanes;
    private final FrameOutlet outside;
    private final SteeringObserver observer;
    private final Map<Integer, Redirector> redirectors = new TreeMap<>();
    private final Map<Integer, TerminalBlade> blades = new TreeMap<>();
    private final Map<Integer, S> stacks = new TreeMap<>();
    private final List<Member> members = new ArrayList<>();
    private final Map<Integer, Long> shown = new TreeMap<>();
    private long viewId = 1;

    /// The TCP stack of a blade.
    interface Stack extends LocalStack {
        /// Does what is due, and sends what there is to send.
        void run(TerminalBlade blade, long nowNs);

        /// Sends what there is to send.
        void flush(TerminalBlade blade, long nowNs);
    }

    /// @param random of how long nodes take to see that another one has died, and messages to come
    /// @param backplanes of nodes
    /// @param outside where frames leave to clients
    HandoffChassis(
            final Schedule schedule,
            final SplittableRandom random,
            final ClusterParameters parameters,
            final IntFunction<Backplane> backplanes,
            final FrameOutlet outside,
            final SteeringObserver observer) {
        this.schedule = schedule;
        this.random = random;
        this.parameters = parameters;
        this.backplanes = backplanes;
        this.outside = outside;
        this.observer = observer;
    }

    // Nodes

    /// Builds redirectors of the ingress side, numbered from 1 on, one of the egress side, and
    /// blades, numbered from 11 on. They know each other from then on.
    ///
    /// @param markers connections that a blade may have; a redirector twice as many
    void start(
            final int ingressRedirectors,
            final int bladeCount,
            final int markers,
            final IntFunction<? extends S> stackOf) {
        for (int node = 1; node <= ingressRedirectors; node++) {
            addRedirector(node, markers, Role.INGRESS_REDIRECTOR);
        }
        addRedirector(EGRESS, markers, Role.EGRESS_REDIRECTOR);
        for (int i = 0; i < bladeCount; i++) {
            addBlade(FIRST_BLADE + i, markers, stackOf.apply(FIRST_BLADE + i));
        }
        final ClusterView first = new ClusterView(viewId, members);
        members.forEach(member -> show(member.node(), first));
    }

    private void addRedirector(final int node, final int markers, final Role role) {
        final Member member = new Member(node, "redirector-" + node, role, 1, 0);
        members.add(member);
        redirectors.put(
                node,
                new Redirector(
                        configOfRedirector(2 * markers),
                        parameters,
                        member,
                        backplanes.apply(node),
                        new Control(node),
                        outside,
                        observer));
    }

    private static RedirectorConfig configOfRedirector(final int sessions) {
        final RedirectorConfig usual = RedirectorConfig.DEFAULTS;
        return new RedirectorConfig(
                sessions,
                SelectionPolicy.BUCKETS,
                usual.embryonicLeaseMs(),
                usual.cacheLeaseMs(),
                usual.queryLimitMs(),
                usual.queriesPerSecond(),
                CELLS,
                usual.fragmentLimitMs(),
                CELLS,
                CELLS,
                0);
    }

    private void addBlade(final int node, final int markers, final S stack) {
        final Member member = new Member(node, "blade-" + node, Role.BLADE, 1, 0);
        members.add(member);
        stacks.put(node, stack);
        blades.put(
                node,
                new TerminalBlade(
                        BladeConfig.DEFAULTS.withMarkerCapacity(markers),
                        parameters,
                        member,
                        stack,
                        PATIENCE_NS,
                        backplanes.apply(node),
                        new Control(node),
                        BladeObserver.NONE));
    }

    /// Most messages come soon, some when a connection may have moved meanwhile.
    private long controlDelayNs() {
        return random.nextInt(LATE_ONE_IN) == 0
                ? CONTROL_DELAY_NS + random.nextLong(MOST_CONTROL_DELAY_NS)
                : CONTROL_DELAY_NS;
    }

    /// Messages of one node to another arrive in the order in which they were sent.
    private final class Control implements ControlSender {
        private final Map<Integer, Long> arrivals = new HashMap<>();
        private final int from;

        Control(final int from) {
            this.from = from;
        }

        @Override
        public void send(final int node, final ControlMessage message) {
            final long soonest = schedule.nowNs() + controlDelayNs();
            final long atNs = Math.max(soonest, arrivals.getOrDefault(node, soonest));
            arrivals.put(node, atNs);
            schedule.after(atNs - schedule.nowNs(), () -> onMessage(from, node, message));
        }

        @Override
        public void broadcast(final ControlMessage message) {
            for (final Member member : members) {
                if (member.node() != from) {
                    send(member.node(), message);
                }
            }
        }
    }

    private void onMessage(final int from, final int to, final ControlMessage message) {
        final long nowNs = schedule.nowNs();
        final Redirector redirector = redirectors.get(to);
        final TerminalBlade blade = blades.get(to);
        if (redirector != null) {
            redirector.onMessage(from, message, nowNs);
        } else if (blade != null) {
            blade.onMessage(from, message, nowNs);
        }
    }

    /// A datagram of the backplane arrives.
    void onDatagram(final int from, final int to, final MemorySegment datagram, final int length) {
        final long nowNs = schedule.nowNs();
        final Redirector redirector = redirectors.get(to);
        final TerminalBlade blade = blades.get(to);
        if (redirector != null) {
            redirector.onDatagram(from, datagram, 0, length, nowNs);
        } else if (blade != null) {
            blade.onDatagram(from, datagram, 0, length, nowNs);
            stack(to).flush(blade, nowNs);
        }
    }

    /// A client's frame comes to a redirector; one that is dead loses it.
    void onFrame(
            final int node,
            final MemorySegment frame,
            final long offset,
            final int length,
            final long packetNumber) {
        final Redirector redirector = redirectors.get(node);
        if (redirector != null) {
            redirector.onFrame(frame, offset, length, packetNumber, schedule.nowNs());
        }
    }

    /// All nodes look at what time has brought.
    ///
    /// @param before what each blade does before its stack has its turn
    void tick(final BiConsumer<S, TerminalBlade> before) {
        final long nowNs = schedule.nowNs();
        redirectors.values().forEach(redirector -> redirector.onTimer(nowNs));
        blades.forEach((node, blade) -> {
            final S stack = stack(node);
            blade.onTimer(nowNs);
            before.accept(stack, blade);
            stack.run(blade, nowNs);
        });
    }

    // Deaths

    /// Lets a node die, unless it is the last redirector but one, the last blade but one, or dead.
    boolean kill(final int node) {
        final TerminalBlade blade = blades.get(node);
        final Redirector redirector = redirectors.get(node);
        if (blade != null && blades.size() > 2) {
            blade.close();
            blades.remove(node);
        } else if (redirector != null && redirectors.size() > 2) {
            redirector.close();
            redirectors.remove(node);
        } else {
            return false;
        }
        members.removeIf(member -> member.node() == node);
        final ClusterView view = new ClusterView(++viewId, members);
        for (final Member member : view.members()) {
            schedule.after(
                    DETECTION_NS + random.nextLong(DETECTION_SPREAD_NS),
                    () -> show(member.node(), view));
        }
        return true;
    }

    /// How long it takes at least until a death is seen.
    static long detectionNs() {
        return DETECTION_NS;
    }

    private void show(final int node, final ClusterView view) {
        if (shown.merge(node, view.id(), Math::max) > view.id()) {
            return; // overtaken
        }
        final long nowNs = schedule.nowNs();
        final Redirector redirector = redirectors.get(node);
        final TerminalBlade blade = blades.get(node);
        if (redirector != null) {
            redirector.onView(view, nowNs);
        } else if (blade != null) {
            blade.onView(view, nowNs);
            stack(node).flush(blade, nowNs);
        }
    }

    // What there is

    boolean isRedirector(final int node) {
        return redirectors.containsKey(node);
    }

    /// Live ones of the clients' side.
    List<Integer> entrances() {
        return redirectors.keySet().stream().filter(node -> node < EGRESS).toList();
    }

    /// Live ones.
    Set<Integer> blades() {
        return blades.keySet();
    }

    /// Null when it is dead.
    @Nullable TerminalBlade blade(final int node) {
        return blades.get(node);
    }

    /// Of a blade that lives or has died.
    S stack(final int node) {
        final S stack = stacks.get(node);
        if (stack == null) {
            throw new IllegalStateException("node " + node + " is no blade");
        }
        return stack;
    }

    /// Connections that stand still, or are built up and not their blade's yet.
    int openTransfers() {
        return blades.values().stream().mapToInt(TerminalBlade::openTransfers).sum();
    }

    @Override
    public void close() {
        redirectors.values().forEach(Redirector::close);
        blades.values().forEach(TerminalBlade::close);
    }
}
