package io.boomerang.node;

import io.boomerang.announce.ControlMessage;
import io.boomerang.backplane.RelayConfig;
import io.boomerang.backplane.RelayingBackplane;
import io.boomerang.backplane.udp.UdpBackplane;
import io.boomerang.backplane.udp.UdpConfig;
import io.boomerang.cluster.BatchingSender;
import io.boomerang.cluster.ClusterChannel;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.ControlInbox;
import io.boomerang.cluster.ControlSender;
import io.boomerang.cluster.Member;
import io.boomerang.flow.FlowKey;
import io.boomerang.node.admin.Measurements;
import io.boomerang.node.admin.Metric;
import io.boomerang.node.admin.NodeBusyException;
import io.boomerang.node.admin.NodeStatus;
import io.boomerang.node.admin.NodeStatus.State;
import io.boomerang.node.config.ChassisConfig;
import io.boomerang.redirector.steering.Redirector;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// One node's thread: frames from outside, datagrams, messages and timers, each a bounded amount at
/// a time, then everything they brought about goes out. With nothing to do it waits for any of
/// them, at most until the next timer.
///
/// Started, told to drain and told to finish by other threads.
final class NodeAgent implements Runnable {
    private static final int WAITING_BATCHES = 1 << 14;

    /// Then packets have their turn.
    private static final int BATCHES_AT_ONCE = 64;

    private static final int QUESTIONS_AT_ONCE = 4;
    private static final long QUESTION_MS = 5_000;

    private static final Logger LOG = LogManager.getLogger(NodeAgent.class);

    /// Of frames that came before the outside was shut; more than a port holds.
    private static final int LAST_BURSTS = 64;

    private static final long TIMER_NS = TimeUnit.MILLISECONDS.toNanos(1);

    /// Makes what the node does, on its thread.
    interface MachineFactory {
        NodeMachine make(FrameMeter meter, ControlSender control) throws IOException;
    }

    /// What another thread wants to know of the node.
    @FunctionalInterface
    interface Question<T> {
        T answer(NodeMachine machine, long nowNs);
    }

    private enum Phase {
        RUN,
        DRAIN,
        FINISH
    }

    private final ChassisConfig config;
    private final UdpConfig udpConfig;
    private final Member self;
    private final ClusterChannel channel;
    private final MachineFactory factory;
    private final FlowClock clock;
    private final Runnable onEnd;
    private final Thread thread;
    private final NodeRequests requests = new NodeRequests(QUESTION_MS);
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch drained = new CountDownLatch(1);

    private volatile Phase phase = Phase.RUN;
    private volatile @Nullable Throwable failure;
    private volatile @Nullable Parts parts;
    private long nowNs;
    private long startedNs;
    private ClusterView view = new ClusterView(0, List.of());

    /// What the thread makes when it starts.
    private record Parts(
            UdpBackplane udp,
            RelayingBackplane relay,
            FrameMeter meter,
            BatchingSender sender,
            NodeMachine machine,
            ControlInbox inbox) {}

    /// @param onEnd is run by the node's thread when it ends, for whatever reason
    NodeAgent(
            final ChassisConfig config,
            final UdpConfig udpConfig,
            final Member self,
            final ClusterChannel channel,
            final MachineFactory factory,
            final FlowClock clock,
            final Runnable onEnd) {
        this.config = config;
        this.udpConfig = udpConfig;
        this.self = self;
        this.channel = channel;
        this.factory = factory;
        this.clock = clock;
        this.onEnd = onEnd;
        thread = Thread.ofPlatform().name("node-" + self.name()).unstarted(this);
    }

    // Other threads

    /// Starts the thread, opens what it needs and joins the cluster.
    ///
    /// @throws IOException when something cannot be opened
    /// @throws RuntimeException when the cluster does not take the node
    void start() throws IOException, InterruptedException {
        thread.start();
        started.await();
        final Parts made = parts;
        if (made == null) {
            thread.join();
            throw new IOException(self.name() + ": " + reason(failure), failure);
        }
        channel.connect(made.inbox);
    }

    private static String reason(final @Nullable Throwable failure) {
        if (failure instanceof final UncheckedIOException unchecked
                && unchecked.getCause() != null) {
            return String.valueOf(unchecked.getCause().getMessage());
        }
        return failure == null ? "ended" : String.valueOf(failure.getMessage());
    }

    void drain() {
        enter(Phase.DRAIN);
    }

    /// Whether nothing was left before the time was over.
    boolean awaitDrained(final long limitMs) throws InterruptedException {
        return drained.await(limitMs, TimeUnit.MILLISECONDS);
    }

    /// Leaves the cluster and ends the thread once what was on its way has arrived.
    void finish(final long graceMs) throws InterruptedException {
        channel.close();
        thread.join(Math.max(1, graceMs));
        enter(Phase.FINISH);
        thread.join();
    }

    private void enter(final Phase next) {
        phase = next;
        final Parts made = parts;
        if (made != null && thread.isAlive()) {
            made.udp.wakeUp();
        }
    }

    /// Puts a question to the node's thread, and waits for the answer.
    <T> T ask(final Question<T> question) throws NodeBusyException, InterruptedException {
        final Parts made = parts;
        if (made == null || !thread.isAlive()) {
            throw new NodeBusyException(self.name() + " has ended");
        }
        return requests.ask(() -> question.answer(made.machine, nowNs), made.udp::wakeUp);
    }

    /// The time of this node.
    long nowNs() {
        return clock.nowNs();
    }

    boolean isAlive() {
        return thread.isAlive();
    }

    /// Why the thread has ended by itself; null when it has not.
    @Nullable Throwable failure() {
        return failure;
    }

    // The node's thread

    @Override
    public void run() {
        try {
            final Parts made = open();
            try {
                parts = made;
                started.countDown();
                cycle(made);
                LOG.info(
                        "node={} {} backplane={}", self.name(), summary(made), made.udp.counters());
            } finally {
                requests.close();
                made.machine.close();
                made.udp.close();
            }
        } catch (final RuntimeException | IOException | Error e) {
            failure = e;
            if (parts != null) {
                LOG.error("node={} ends: {}", self.name(), reason(e), e);
            }
        } finally {
            started.countDown();
            drained.countDown();
            onEnd.run();
        }
    }

    private static String summary(final Parts made) {
        return made.machine.summary() + " inbox_dropped=" + made.inbox.dropped();
    }

    private Parts open() throws IOException {
        final UdpBackplane[] opened = new UdpBackplane[1];
        final RelayingBackplane relay =
                new RelayingBackplane(
                        new RelayConfig(config.backplane().helloIntervalMs(), 0),
                        self,
                        this::onDatagram,
                        new Uncounted(),
                        receiver -> {
                            try {
                                opened[0] = new UdpBackplane(udpConfig, self, receiver);
                                return opened[0];
                            } catch (final IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        });
        final UdpBackplane udp = opened[0];
        NodeMachine machine = null;
        try {
            final BatchingSender sender = new BatchingSender(channel);
            final FrameMeter meter = new FrameMeter(relay);
            machine = factory.make(meter, sender);
            for (final int descriptor : machine.descriptors()) {
                udp.watch(descriptor);
            }
            final ControlInbox inbox =
                    new ControlInbox(new Control(), self.formats(), WAITING_BATCHES, udp::wakeUp);
            return new Parts(udp, relay, meter, sender, machine, inbox);
        } catch (final RuntimeException | IOException | Error e) {
            if (machine != null) {
                machine.close();
            }
            udp.close();
            throw e;
        }
    }

    private void cycle(final Parts made) {
        nowNs = clock.nowNs();
        startedNs = nowNs;
        long lastTimerNs = nowNs;
        boolean draining = false;
        int done = 0;
        while (phase != Phase.FINISH) {
            final long waitNs = done > 0 ? 0 : Math.max(0, lastTimerNs + TIMER_NS - clock.nowNs());
            done = made.udp.poll(waitNs);
            final long beforeNs = nowNs;
            nowNs = clock.nowNs();
            if (nowNs - beforeNs > Redirector.PAUSE_NS) {
                made.machine.onPause(nowNs);
            }
            done += made.inbox.drain(nowNs, BATCHES_AT_ONCE);
            done += made.machine.receive(nowNs);
            done += requests.answer(QUESTIONS_AT_ONCE);
            if (nowNs - lastTimerNs >= TIMER_NS) {
                lastTimerNs = nowNs;
                made.relay.onTimer(nowNs);
                made.machine.onTimer(made.sender, nowNs);
                made.meter.onTimer(nowNs);
                if (draining && drained.getCount() > 0 && made.machine.isDrained()) {
                    drained.countDown();
                }
            }
            if (!draining && phase == Phase.DRAIN) {
                draining = true;
                made.machine.drain(made.sender, nowNs);
            }
            flush(made);
        }
        made.machine.shut();
        for (int i = 0; i < LAST_BURSTS && made.machine.receive(nowNs) > 0; i++) {
            flush(made);
        }
    }

    private static void flush(final Parts made) {
        made.sender.flush();
        made.udp.flush();
        made.machine.flush();
    }

    /// What this node is, counts and holds. By its own thread.
    NodeStatus status() {
        final Parts made = madeParts();
        final NodeMachine machine = made.machine;
        final long uptimeMs = TimeUnit.NANOSECONDS.toMillis(nowNs - startedNs);
        final Measurements measured = new Measurements();
        measured.add(Metric.UPTIME, uptimeMs / 1e3);
        NodeMeasurements.add(measured, view, channel.links(), made.inbox);
        NodeMeasurements.add(measured, made.udp, made.relay);
        made.meter.measure(measured, config::nodeName);
        machine.measure(measured, config::nodeName, nowNs);
        return new NodeStatus(
                self,
                stateOf(machine),
                machine.weight(),
                machine.rule(),
                machine.isRuleSettled(),
                uptimeMs,
                view,
                measured);
    }

    private static State stateOf(final NodeMachine machine) {
        if (machine.isDraining()) {
            return machine.isDrained() ? State.DRAINED : State.DRAINING;
        }
        return machine.isServing() ? State.RUNNING : State.STARTING;
    }

    /// A capture of these flows, which sees nothing yet.
    FrameTap newTap(final List<FlowKey> keys, final long atNs) {
        return new FrameTap(keys, config.parameters().flowRules(), config::nodeName, atNs);
    }

    /// What shows frames to captures. For its own thread.
    FrameMeter meter() {
        return madeParts().meter;
    }

    /// Where messages go. For its own thread.
    ControlSender sender() {
        return madeParts().sender;
    }

    private Parts madeParts() {
        final Parts made = parts;
        if (made == null) {
            throw new IllegalStateException(self.name() + " has not started");
        }
        return made;
    }

    private void onDatagram(
            final int from, final MemorySegment datagram, final long offset, final int length) {
        final Parts made = parts;
        if (made != null) {
            made.meter.onDatagram(from, datagram, offset, length);
            made.machine.onDatagram(from, datagram, offset, length, nowNs);
        }
    }

    /// What the control plane brings.
    private final class Control implements ControlInbox.Node {
        @Override
        public void onMessage(final int from, final ControlMessage message, final long atNs) {
            final Parts made = parts;
            if (made != null) {
                made.machine.onMessage(from, message, atNs);
            }
        }

        @Override
        public void onView(final ClusterView newView, final long atNs) {
            final Parts made = parts;
            if (made == null) {
                return;
            }
            if (newView.member(self.node()) == null) {
                throw new IllegalStateException("the cluster has excluded " + self.name());
            }
            view = newView;
            made.udp.onView(newView);
            made.relay.onView(newView);
            made.machine.onView(newView, made.sender, atNs);
        }
    }

    /// The relay counts what it drops; there is nobody to tell in addition.
    private static final class Uncounted implements RelayingBackplane.Drops {
        @Override
        public void onNoPath(final int destination) {}

        @Override
        public void onNotRelayed(
                final RelayingBackplane.Reason reason,
                final MemorySegment datagram,
                final long offset,
                final int length) {}
    }
}
