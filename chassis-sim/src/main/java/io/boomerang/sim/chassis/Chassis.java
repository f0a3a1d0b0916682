package io.boomerang.sim.chassis;

import io.boomerang.announce.ControlMessage;
import io.boomerang.backplane.Backplane;
import io.boomerang.backplane.InMemoryBackplane;
import io.boomerang.blade.BladeNode;
import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.cluster.BatchingSender;
import io.boomerang.cluster.ClusterChannel;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.Member;
import io.boomerang.cluster.Member.Role;
import io.boomerang.flow.Side;
import io.boomerang.redirector.port.PacketPort;
import io.boomerang.redirector.steering.Redirector;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;

/// A whole chassis in one process: redirectors on two sides, blades, a backplane in memory and a
/// control plane. The nodes are those of production; one thread runs them all, and their control
/// plane may have threads of its own.
public final class Chassis implements AutoCloseable {
    private static final int BACKPLANE_BYTES = 1 << 25;
    private static final int BACKPLANE_BURST = 256;
    private static final long TIMER_NS = 1_000_000L;
    private static final long COARSE_STEP_NS = 1_000_000_000L;
    private static final int MOST_COARSE_STEPS = 1_000;
    private static final long SETTLE_LIMIT_NS = 30_000_000_000L;

    private final ChassisOptions options;
    private final ClusterSource cluster;
    private final ChassisClock clock;
    private final ChassisObserver observer;
    private final InMemoryBackplane backplane = new InMemoryBackplane(BACKPLANE_BYTES);
    private final List<RedirectorSlot> ingress = new ArrayList<>();
    private final List<RedirectorSlot> egress = new ArrayList<>();
    private final List<RedirectorSlot> redirectors = new ArrayList<>();
    private final List<BladeSlot> blades = new ArrayList<>();
    private int bladesMade;
    private long lastTimersNs;

    /// A redirector, its control point and its outside port.
    private record RedirectorSlot(Member member, Redirector redirector, ControlPoint control) {}

    /// A blade and its control point.
    private record BladeSlot(Member member, BladeNode blade, ControlPoint control) {}

    public Chassis(
            final ChassisOptions options,
            final ClusterSource cluster,
            final ChassisClock clock,
            final ChassisObserver observer) {
        this.options = options;
        this.cluster = cluster;
        this.clock = clock;
        this.observer = observer;
        backplane.setTap((from, to, datagram, offset, length) ->
                observer.onBackplane(from, to, datagram, offset, length, clock.nowNs()));
        for (int i = 0; i < options.redirectorsPerSide(); i++) {
            ingress.add(makeRedirector(NodeNames.ingress(i), Role.INGRESS_REDIRECTOR));
            egress.add(makeRedirector(NodeNames.egress(i), Role.EGRESS_REDIRECTOR));
        }
        redirectors.addAll(ingress);
        redirectors.addAll(egress);
        for (int i = 0; i < options.blades(); i++) {
            blades.add(makeBlade());
        }
        lastTimersNs = clock.nowNs();
    }

    private Member member(final int node, final Role role) {
        return new Member(node, NodeNames.of(node), role, 1, options.parameters().digest());
    }

    private RedirectorSlot makeRedirector(final int node, final Role role) {
        final Member member = member(node, role);
        final ClusterChannel channel = cluster.channel(member);
        final BatchingSender sender = new BatchingSender(channel);
        final RedirectorEntry entry = new RedirectorEntry(member, sender);
        return new RedirectorSlot(
                member,
                entry.redirector,
                new ControlPoint(channel, sender, entry, options.announcementDelayNs()));
    }

    private BladeSlot makeBlade() {
        final int number = ++bladesMade;
        final Member member = member(NodeNames.blade(number - 1), Role.BLADE);
        final ClusterChannel channel = cluster.channel(member);
        final BatchingSender sender = new BatchingSender(channel);
        final BladeEntry entry = new BladeEntry(member, number, sender);
        return new BladeSlot(member, entry.blade, new ControlPoint(channel, sender, entry, 0));
    }

    /// Ties a redirector to its ports.
    private final class RedirectorEntry
            implements ControlPoint.Node, Backplane.Receiver, PacketPort {
        private final Redirector redirector;
        private final int node;

        RedirectorEntry(final Member member, final BatchingSender sender) {
            node = member.node();
            redirector =
                    new Redirector(
                            options.redirector(),
                            options.parameters(),
                            member,
                            backplane.connect(node, this),
                            sender,
                            this,
                            observer);
        }

        @Override
        public void onMessage(final int fromNode, final ControlMessage message, final long nowNs) {
            redirector.onMessage(fromNode, message, nowNs);
        }

        @Override
        public void onView(final ClusterView view, final long nowNs) {
            redirector.onView(view, nowNs);
        }

        @Override
        public void onDatagram(
                final int fromNode,
                final MemorySegment datagram,
                final long offset,
                final int length) {
            redirector.onDatagram(fromNode, datagram, offset, length, clock.nowNs());
        }

        @Override
        public boolean transmit(final MemorySegment frame, final long offset, final int length) {
            observer.onLeaving(node, redirector.side(), frame, offset, length, clock.nowNs());
            return true;
        }
    }

    /// Ties a blade to its ports.
    private final class BladeEntry implements ControlPoint.Node, Backplane.Receiver {
        private final BladeNode blade;

        BladeEntry(final Member member, final int number, final BatchingSender sender) {
            blade =
                    new BladeNode(
                            options.blade(),
                            options.parameters(),
                            member,
                            options.processor().apply(number),
                            backplane.connect(member.node(), this),
                            sender,
                            observer);
        }

        @Override
        public void onMessage(final int fromNode, final ControlMessage message, final long nowNs) {
            blade.onMessage(fromNode, message, nowNs);
        }

        @Override
        public void onView(final ClusterView view, final long nowNs) {
            blade.onView(view, nowNs);
        }

        @Override
        public void onDatagram(
                final int fromNode,
                final MemorySegment datagram,
                final long offset,
                final int length) {
            blade.onDatagram(fromNode, datagram, offset, length, clock.nowNs());
        }
    }

    /// Connects all nodes and waits until they agree on the members and the bucket table.
    public void start() {
        for (final RedirectorSlot slot : redirectors) {
            slot.control.connect();
        }
        for (final BladeSlot slot : blades) {
            slot.control.connect();
        }
        settle();
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

    /// A frame enters by the outside port of the `index`-th redirector of a side. Call {@link
    /// #step} or {@link #await} to let it go its way.
    public void inject(
            final Side side,
            final int index,
            final MemorySegment frame,
            final long offset,
            final int length,
            final long packetNumber) {
        final RedirectorSlot slot = (side == Side.INGRESS ? ingress : egress).get(index);
        final long nowNs = clock.nowNs();
        observer.onEntering(slot.member.node(), side, frame, offset, length, packetNumber, nowNs);
        slot.redirector.onFrame(frame, offset, length, packetNumber, nowNs);
    }

    /// Lets everything that can happen now happen; answers how much did.
    public int step() {
        int done = 0;
        int doneNow;
        do {
            final long nowNs = clock.nowNs();
            doneNow = cluster.deliverDue(nowNs);
            doneNow += forward();
            for (int i = 0; i < redirectors.size(); i++) {
                doneNow += redirectors.get(i).control.drain(nowNs);
            }
            for (int i = 0; i < blades.size(); i++) {
                doneNow += blades.get(i).control.drain(nowNs);
            }
            if (nowNs - lastTimersNs >= TIMER_NS) {
                timers(nowNs);
            }
            flush();
            done += doneNow;
        } while (doneNow > 0);
        return done;
    }

    /// Packets come before messages: nothing keeps a packet that could go on.
    private int forward() {
        int forwarded = 0;
        int burst;
        do {
            burst = backplane.poll(BACKPLANE_BURST);
            forwarded += burst;
        } while (burst > 0);
        return forwarded;
    }

    private void flush() {
        for (int i = 0; i < redirectors.size(); i++) {
            redirectors.get(i).control.flush();
        }
        for (int i = 0; i < blades.size(); i++) {
            blades.get(i).control.flush();
        }
    }

    private void timers(final long nowNs) {
        lastTimersNs = nowNs;
        for (int i = 0; i < redirectors.size(); i++) {
            redirectors.get(i).redirector.onTimer(nowNs);
        }
        for (int i = 0; i < blades.size(); i++) {
            blades.get(i).blade.onTimer(nowNs);
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
        long due = Math.min(cluster.nextDueNs(), clock.nowNs() + TIMER_NS);
        for (int i = 0; i < redirectors.size(); i++) {
            due = Math.min(due, redirectors.get(i).control.nextDueNs());
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
        for (int i = 0; i < redirectors.size(); i++) {
            if (!redirectors.get(i).redirector.isIdle()) {
                return false;
            }
        }
        final boolean lateByIntent =
                clock.isRunning()
                        && options.announcementDelayNs() > 0
                        && options.blade().announce() == AnnouncePolicy.ASYNC;
        if (lateByIntent) {
            return true;
        }
        for (int i = 0; i < blades.size(); i++) {
            if (!blades.get(i).blade.isIdle()) {
                return false;
            }
        }
        return true;
    }

    /// Gives up every fragment that waits for the first one of its datagram, as at the end of a
    /// capture.
    public void flushFragments() {
        for (int i = 0; i < redirectors.size(); i++) {
            redirectors.get(i).redirector.flushFragments(clock.nowNs());
        }
    }

    // Changes

    /// Adds a blade and waits until every redirector gives it new flows; answers its name.
    public String addBlade() {
        final BladeSlot slot = makeBlade();
        meanwhile("join-" + slot.member.name(), slot.control::connect);
        blades.add(slot);
        settle();
        return slot.member.name();
    }

    /// Sets a blade's weight, 0 to drain it, and waits until every redirector follows.
    public void setWeight(final String bladeName, final int weight) {
        final int blade = blade(bladeName).member.node();
        for (final RedirectorSlot slot : redirectors) {
            slot.redirector.setWeight(blade, weight, clock.nowNs());
        }
        settle();
    }

    /// Ends a blade without a word from it, and waits until every redirector knows.
    public int kill(final String bladeName) {
        final BladeSlot slot = blade(bladeName);
        blades.remove(slot);
        backplane.disconnect(slot.member.node());
        meanwhile("kill-" + slot.member.name(), slot.control::close);
        slot.blade.close();
        settle();
        return slot.member.node();
    }

    private BladeSlot blade(final String name) {
        for (final BladeSlot slot : blades) {
            if (slot.member.name().equals(name)) {
                return slot;
            }
        }
        throw new IllegalArgumentException(
                "no blade " + name + " in the chassis; there are " + bladeNames());
    }

    private void settle() {
        final int members = redirectors.size() + blades.size();
        if (!await(() -> isSettled(members), SETTLE_LIMIT_NS)) {
            throw new IllegalStateException(
                    "the chassis did not agree on "
                            + members
                            + " members and one bucket table within 30 s");
        }
    }

    private boolean isSettled(final int members) {
        long epoch = -1;
        for (final RedirectorSlot slot : redirectors) {
            if (!sees(slot.control.view(), members)
                    || !slot.redirector.isAllocationSettled()
                    || slot.redirector.epoch() == 0
                    || epoch != -1 && epoch != slot.redirector.epoch()) {
                return false;
            }
            epoch = slot.redirector.epoch();
        }
        for (final BladeSlot slot : blades) {
            if (!sees(slot.control.view(), members)) {
                return false;
            }
        }
        return true;
    }

    private static boolean sees(final @Nullable ClusterView view, final int members) {
        return view != null && view.members().size() == members;
    }

    // What others may see

    public List<String> bladeNames() {
        return blades.stream().map(slot -> slot.member.name()).toList();
    }

    public boolean hasBlade(final String name) {
        return blades.stream().anyMatch(slot -> slot.member.name().equals(name));
    }

    public List<Redirector> redirectors() {
        return redirectors.stream().map(RedirectorSlot::redirector).toList();
    }

    public List<BladeNode> blades() {
        return blades.stream().map(BladeSlot::blade).toList();
    }

    /// Bytes that nodes gave to the control plane so far.
    public long controlBytes() {
        return redirectors.stream()
                        .mapToLong(slot -> slot.control.sender().counters().bytes())
                        .sum()
                + blades.stream().mapToLong(slot -> slot.control.sender().counters().bytes()).sum();
    }

    /// Batches of control messages that were lost inside this process.
    public long controlLost() {
        return redirectors.stream().mapToLong(slot -> slot.control.lost()).sum()
                + blades.stream().mapToLong(slot -> slot.control.lost()).sum();
    }

    public long nowNs() {
        return clock.nowNs();
    }

    @Override
    public void close() {
        for (final BladeSlot slot : blades) {
            slot.control.close();
            slot.blade.close();
        }
        for (final RedirectorSlot slot : redirectors) {
            slot.control.close();
            slot.redirector.close();
        }
        backplane.close();
        cluster.close();
    }
}
