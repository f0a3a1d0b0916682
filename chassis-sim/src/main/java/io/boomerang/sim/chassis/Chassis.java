package io.boomerang.sim.chassis;

import io.boomerang.announce.DesiredRule;
import io.boomerang.backplane.RelayCounters;
import io.boomerang.backplane.RelayingBackplane;
import io.boomerang.blade.BladeCounters;
import io.boomerang.blade.BladeNode;
import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.cluster.ClusterChannel;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.Member;
import io.boomerang.cluster.Member.Role;
import io.boomerang.flow.Side;
import io.boomerang.node.store.NodeStore;
import io.boomerang.node.store.RestoredNode;
import io.boomerang.redirector.steering.Redirector;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/// A whole chassis in one process: redirectors on two sides, blades, a backplane in memory and a
/// control plane. The nodes are those of production; one thread runs them all, and their control
/// plane may have threads of its own.
@SuppressWarnings("EnumOrdinal") // an array by role, within one process
public final class Chassis implements AutoCloseable {
    private static final long COARSE_STEP_NS = 1_000_000_000L;
    private static final int MOST_COARSE_STEPS = 1_000;
    private static final long SETTLE_LIMIT_NS = 30_000_000_000L;

    private final ChassisOptions options;
    private final ClusterSource cluster;
    private final ChassisClock clock;
    private final ChassisObserver observer;
    private final ChassisBackplane backplane;
    private final List<RedirectorNode> ingress = new ArrayList<>();
    private final List<RedirectorNode> egress = new ArrayList<>();
    private final List<ProcessingNode> blades = new ArrayList<>();

    /// All of them, redirectors before blades.
    private final List<ChassisNode> nodes = new ArrayList<>();

    private final int[] incarnations = new int[Member.MAX_NODE + 1];
    private final int[] made = new int[Role.values().length];
    private long lastTimersNs;

    public Chassis(
            final ChassisOptions options,
            final ClusterSource cluster,
            final ChassisBackplane backplane,
            final ChassisClock clock,
            final ChassisObserver observer) {
        this.options = options;
        this.cluster = cluster;
        this.backplane = backplane;
        this.clock = clock;
        this.observer = observer;
        backplane.setTap((from, to, datagram, offset, length) -> {
            if (!RelayingBackplane.isHello(datagram, offset, length)) {
                observer.onBackplane(from, to, datagram, offset, length, clock.nowNs());
            }
        });
        for (int i = 0; i < options.redirectorsPerSide(); i++) {
            add(makeNext(Role.INGRESS_REDIRECTOR));
        }
        for (int i = 0; i < options.redirectorsPerSide(); i++) {
            add(makeNext(Role.EGRESS_REDIRECTOR));
        }
        for (int i = 0; i < options.blades(); i++) {
            add(makeNext(Role.BLADE));
        }
        lastTimersNs = clock.nowNs();
    }

    // Nodes

    private ChassisNode makeNext(final Role role) {
        return make(NodeNames.node(role, made[role.ordinal()]++));
    }

    private ChassisNode make(final int node) {
        final Role role = NodeNames.role(node);
        final NodeStore store =
                options.sessionsDirectory() == null
                        ? null
                        : NodeStore.open(options.sessionsDirectory(), NodeNames.of(node));
        incarnations[node]++;
        if (store != null) {
            incarnations[node] = Math.max(incarnations[node], store.incarnation());
        }
        final Member member =
                new Member(
                        node,
                        NodeNames.of(node),
                        role,
                        incarnations[node],
                        options.parameters().digest());
        final ChassisNode created = make(member, cluster.channel(member));
        if (store != null) {
            created.keep(store, clock.nowNs());
        }
        return created;
    }

    private ChassisNode make(final Member member, final ClusterChannel channel) {
        return member.role() == Role.BLADE
                ? new ProcessingNode(
                        options,
                        member,
                        NodeNames.index(member.node()) + 1,
                        channel,
                        backplane,
                        clock,
                        observer)
                : new RedirectorNode(options, member, channel, backplane, clock, observer);
    }

    private void add(final ChassisNode node) {
        switch (node) {
            case RedirectorNode redirector -> {
                redirectors(redirector.redirector.side()).add(redirector);
                nodes.add(ingress.size() + egress.size() - 1, redirector);
            }
            case ProcessingNode blade -> {
                blades.add(blade);
                nodes.add(blade);
            }
        }
    }

    private List<RedirectorNode> redirectors(final Side side) {
        return side == Side.INGRESS ? ingress : egress;
    }

    /// Connects all nodes and waits until they agree on the members and the bucket table, and know
    /// that there are no flows yet.
    public void start() {
        for (final ChassisNode node : nodes) {
            node.control.connect();
        }
        settle();
        await(() -> redirectors().stream().allMatch(Redirector::isIdle), SETTLE_LIMIT_NS);
    }

    /// Lets `change` block for as long as the control plane takes, while packets and messages go
    /// on. In stepped time nothing blocks.
    private void meanwhile(final String name, final Runnable change) {
        if (!clock.isRunning()) {
            change.run();
            return;
        }
        final FutureTask<@Nullable Void> task = new FutureTask<>(change, null);
        Thread.ofPlatform().daemon().name(name).start(task);
        await(task::isDone, Long.MAX_VALUE);
        try {
            task.get();
        } catch (final ExecutionException e) {
            throw new IllegalStateException(name + " failed: " + e.getCause(), e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(name + " was interrupted", e);
        }
    }

    // Packets

    /// A frame enters by the outside port of one of a side's redirectors, chosen by `index` as if
    /// they were counted round and round. Call {@link #step} or {@link #await} to let it go its
    /// way.
    public void inject(
            final Side side,
            final long index,
            final MemorySegment frame,
            final long offset,
            final int length,
            final long packetNumber) {
        final RedirectorNode entry = entry(side, index);
        final long nowNs = clock.nowNs();
        observer.onEntering(entry.member.node(), side, frame, offset, length, packetNumber, nowNs);
        entry.redirector.onFrame(frame, offset, length, packetNumber, nowNs);
    }

    private RedirectorNode entry(final Side side, final long index) {
        final List<RedirectorNode> entries = redirectors(side);
        return entries.get((int) (index % entries.size()));
    }

    /// Whether the redirector that {@link #inject} chooses for this index is paused.
    public boolean isStandingStill(final Side side, final long index) {
        return entry(side, index).isPaused();
    }

    /// Lets everything that can happen now happen; answers how much did. Packets come before
    /// messages: nothing keeps a packet that could go on.
    public int step() {
        int done = 0;
        int doneNow;
        do {
            final long nowNs = clock.nowNs();
            doneNow = cluster.deliverDue(nowNs);
            doneNow += backplane.deliverDue(nowNs);
            for (int i = 0; i < nodes.size(); i++) {
                final ChassisNode node = nodes.get(i);
                doneNow += node.isPaused() ? 0 : node.control.drain(nowNs);
            }
            if (nowNs - lastTimersNs >= options.timerNs()) {
                timers(nowNs);
            }
            for (int i = 0; i < nodes.size(); i++) {
                nodes.get(i).control.flush();
            }
            done += doneNow;
        } while (doneNow > 0);
        return done;
    }

    private void timers(final long nowNs) {
        lastTimersNs = nowNs;
        for (int i = 0; i < nodes.size(); i++) {
            if (!nodes.get(i).isPaused()) {
                nodes.get(i).onTimer(nowNs);
            }
        }
    }

    // Time

    /// Steps until `condition` holds, while time passes; false when it did not within `limitNs` of
    /// the chassis' time.
    public boolean await(final BooleanSupplier condition, final long limitNs) {
        final long startNs = clock.nowNs();
        while (true) {
            final int done = step();
            if (condition.getAsBoolean()) {
                return true;
            }
            if (clock.nowNs() - startNs > limitNs) {
                return false;
            }
            if (done == 0) {
                clock.idle(nextDueNs());
            }
        }
    }

    private long nextDueNs() {
        long due = Math.min(cluster.nextDueNs(), clock.nowNs() + options.timerNs());
        due = Math.min(due, backplane.nextDueNs());
        for (int i = 0; i < nodes.size(); i++) {
            due = Math.min(due, nodes.get(i).control.nextDueNs());
        }
        return due;
    }

    /// Moves time on to `timeNs`; timers run and messages arrive on the way. Long stretches are
    /// walked in at most {@value #MOST_COARSE_STEPS} steps.
    public void moveTo(final long timeNs) {
        final long stepNs = Math.max(COARSE_STEP_NS, (timeNs - clock.nowNs()) / MOST_COARSE_STEPS);
        while (clock.nowNs() < timeNs) {
            if (clock.isRunning()) {
                await(this::isQuiet, SETTLE_LIMIT_NS);
                if (clock.nowNs() >= timeNs) {
                    return;
                }
                clock.moveTo(Math.min(timeNs, clock.nowNs() + stepNs));
            } else {
                final long due = isQuiet() ? Long.MAX_VALUE : nextDueNs();
                clock.moveTo(
                        Math.min(
                                Math.min(timeNs, clock.nowNs() + stepNs),
                                Math.max(due, clock.nowNs() + 1)));
            }
            step();
        }
    }

    /// True when nothing is under way that time could overtake: no packet waits for an answer and,
    /// unless announcements are late on purpose and nobody waits for them, none is unacknowledged.
    public boolean isQuiet() {
        final boolean lateByIntent =
                clock.isRunning()
                        && options.announcementDelayNs() > 0
                        && options.blade().announce() == AnnouncePolicy.ASYNC;
        for (int i = 0; i < nodes.size(); i++) {
            final ChassisNode node = nodes.get(i);
            if (!node.isIdle() && !(lateByIntent && node instanceof ProcessingNode)) {
                return false;
            }
        }
        return true;
    }

    /// Gives up every fragment that waits for the first one of its datagram, as at the end of a
    /// capture.
    public void flushFragments() {
        redirectors().forEach(redirector -> redirector.flushFragments(clock.nowNs()));
    }

    // Changes

    /// Adds a node and waits until every redirector knows it; answers its name.
    public String add(final Role role) {
        final String name = join(role);
        settle();
        return name;
    }

    /// Adds a node and waits for nothing but its joining.
    public String join(final Role role) {
        return join(makeNext(role)).name();
    }

    private ChassisNode join(final ChassisNode node) {
        meanwhile("join-" + node.name(), node.control::connect);
        add(node);
        return node;
    }

    /// Sets a blade's weight, 0 to drain it, and waits until every redirector follows.
    public void setWeight(final String bladeName, final int weight) {
        weigh(bladeName, weight);
        settle();
    }

    /// Drains a blade; takes a redirector out of the way of packets from outside and, once nothing
    /// waits anywhere, out of the chassis.
    public void drain(final String name) {
        if (node(name) instanceof RedirectorNode entry) {
            redirectors(entry.redirector.side()).remove(entry);
            await(this::isQuiet, SETTLE_LIMIT_NS);
            kill(name);
        } else {
            setWeight(name, 0);
        }
    }

    /// Drains a blade and has it move its flows to the others, and waits until none is left that
    /// can move, and every redirector knows; answers what the blade has counted by then.
    public BladeCounters move(final String bladeName) {
        moveAway(bladeName);
        settle();
        final BladeNode blade = ((ProcessingNode) node(bladeName)).blade;
        await(blade::hasMovedAll, SETTLE_LIMIT_NS);
        return blade.counters();
    }

    /// Drains a blade by moving its flows, and waits for nothing.
    public void moveAway(final String bladeName) {
        final int blade = node(bladeName).member.node();
        redirectors().forEach(redirector -> redirector.moveAway(blade, clock.nowNs()));
    }

    /// Sets a blade's weight and waits for nothing.
    public void weigh(final String bladeName, final int weight) {
        final int blade = node(bladeName).member.node();
        redirectors().forEach(redirector -> redirector.setWeight(blade, weight, clock.nowNs()));
    }

    /// Changes the policy for new flows or the hash key, and waits until every node follows.
    public void changeRule(final DesiredRule desired) {
        redirectors().getLast().changeRule(desired, clock.nowNs());
        settle();
    }

    /// The same by this redirector, without waiting for anything.
    public void askForRule(final String redirectorName, final DesiredRule desired) {
        if (node(redirectorName) instanceof RedirectorNode entry) {
            entry.redirector.changeRule(desired, clock.nowNs());
        }
    }

    /// Ends a node without a word from it, and waits until every redirector knows; answers its id.
    public int kill(final String name) {
        final int node = crash(name);
        settle();
        return node;
    }

    /// Ends a node without a word from it, and waits for nothing; answers its id.
    public int crash(final String name) {
        final ChassisNode node = node(name);
        nodes.remove(node);
        ingress.remove(node);
        egress.remove(node);
        blades.remove(node);
        backplane.disconnect(node.member.node());
        meanwhile("kill-" + name, node.control::close);
        node.abandonStore();
        node.close();
        return node.member.node();
    }

    /// Starts a node again that has ended, with nothing in it, and waits for nothing.
    public void restart(final String name) {
        join(make(NodeNames.node(name)));
    }

    /// What a store of this node would have on disk now.
    public Remains remains(final String name) {
        return node(name).remains(clock.nowNs());
    }

    /// Starts a node again that has ended, with what is left of it, and waits for nothing.
    public void restart(final String name, final Remains remains) {
        final ChassisNode node = make(NodeNames.node(name));
        node.takeBack(remains, clock.nowNs());
        join(node);
    }

    /// Lets a node stand still: it hears and does nothing until it is resumed.
    public void pause(final String name) {
        node(name).pause(clock.nowNs());
    }

    public void resume(final String name) {
        node(name).resume(clock.nowNs());
    }

    private ChassisNode node(final String name) {
        for (final ChassisNode node : nodes) {
            if (node.name().equals(name)) {
                return node;
            }
        }
        throw new IllegalArgumentException(
                "no " + name + " in the chassis; there are " + nodeNames());
    }

    private void settle() {
        if (!await(this::isSettled, SETTLE_LIMIT_NS)) {
            throw new IllegalStateException(
                    "the chassis did not agree on "
                            + nodes.size()
                            + " members, one bucket table and one rule within 30 s");
        }
    }

    /// Whether all nodes agree on the members, the bucket table and the rule.
    public boolean isSettled() {
        long epoch = -1;
        final long ruleEpoch = redirectors().getFirst().rule().epoch();
        for (final ChassisNode node : nodes) {
            if (!sees(node.control.view(), nodes.size()) || node.ruleEpoch() != ruleEpoch) {
                return false;
            }
            if (node instanceof RedirectorNode entry) {
                final Redirector redirector = entry.redirector;
                if (!redirector.isAllocationSettled()
                        || !redirector.isRuleSettled()
                        || redirector.epoch() == 0
                        || epoch != -1 && epoch != redirector.epoch()) {
                    return false;
                }
                epoch = redirector.epoch();
            }
        }
        return true;
    }

    private static boolean sees(final @Nullable ClusterView view, final int members) {
        return view != null && view.members().size() == members;
    }

    // What others may see

    /// What the nodes had left from an earlier run; empty when they keep nothing.
    public List<RestoredNode> restored() {
        return nodes.stream().map(ChassisNode::restored).filter(Objects::nonNull).toList();
    }

    public List<String> nodeNames() {
        return nodes.stream().map(ChassisNode::name).toList();
    }

    public List<Redirector> redirectors() {
        return Stream.concat(ingress.stream(), egress.stream())
                .map(entry -> entry.redirector)
                .toList();
    }

    public List<BladeNode> blades() {
        return blades.stream().map(node -> node.blade).toList();
    }

    /// What the nodes that are there have given to the control plane so far.
    public ControlTraffic controlTraffic() {
        ControlTraffic traffic = ControlTraffic.NONE;
        for (final ChassisNode node : nodes) {
            traffic = traffic.plus(node.sender.counters());
        }
        return traffic;
    }

    /// Batches of control messages that were lost inside this process.
    public long controlLost() {
        return nodes.stream().mapToLong(node -> node.control.lost()).sum();
    }

    /// What a node has sent, received or relayed by way of others.
    public RelayCounters relayCounters(final String name) {
        return node(name).relayCounters();
    }

    public long nowNs() {
        return clock.nowNs();
    }

    @Override
    public void close() {
        blades.forEach(ProcessingNode::close);
        ingress.forEach(RedirectorNode::close);
        egress.forEach(RedirectorNode::close);
        backplane.close();
        cluster.close();
    }
}
