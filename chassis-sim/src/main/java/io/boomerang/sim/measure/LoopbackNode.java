package io.boomerang.sim.measure;

import io.boomerang.announce.ControlMessage;
import io.boomerang.backplane.Backplane;
import io.boomerang.backplane.udp.UdpBackplane;
import io.boomerang.cluster.BatchingSender;
import io.boomerang.cluster.ClusterChannel;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.ControlInbox;
import io.boomerang.cluster.ControlSender;
import io.boomerang.cluster.Member;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// A node of a {@link LoopbackChassis}: its state machine between a JGroups channel and GENEVE over
/// UDP, on a thread that goes by turns as that of a daemon does.
final class LoopbackNode implements AutoCloseable {
    private static final int WAITING_BATCHES = 1 << 14;
    private static final int BATCHES_AT_ONCE = 64;
    private static final long TIMER_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LOOK_MS = 1;

    private final LoopbackChassis chassis;
    private final Member self;
    private final ClusterChannel channel;
    private final Maker maker;
    private final Thread thread;

    private volatile @Nullable Throwable failure;
    private volatile @Nullable ControlInbox inbox;
    private volatile boolean ended;

    /// What the node does. Used by its thread.
    interface Machine extends ControlInbox.Node, AutoCloseable {
        void onDatagram(int from, MemorySegment datagram, long offset, int length, long nowNs);

        void onTimer(long nowNs);

        /// Takes what comes from outside; answers when more is to come, in nanoseconds from now.
        default long receive(final long nowNs) {
            return TIMER_NS;
        }

        @Override
        void close();
    }

    /// Makes what the node does, on its thread.
    interface Maker {
        Machine make(Backplane backplane, ControlSender control);
    }

    LoopbackNode(final LoopbackChassis chassis, final Member self, final Maker maker) {
        this.chassis = chassis;
        this.self = self;
        this.maker = maker;
        channel = chassis.channel(self);
        thread = Thread.ofPlatform().daemon().name("node-" + self.name()).unstarted(this::run);
    }

    /// Starts the thread and joins the cluster.
    ///
    /// @throws IOException when it cannot be part of the chassis
    void start() throws IOException {
        thread.start();
        await(() -> inbox != null, Long.MAX_VALUE);
        final ControlInbox made = inbox;
        if (made != null) {
            channel.connect(made);
        }
    }

    /// Waits for what this node's thread brings about; answers whether it came within the limit.
    ///
    /// @throws IOException when that thread has failed
    boolean await(final BooleanSupplier condition, final long limitNs) throws IOException {
        final long startNs = System.nanoTime();
        while (!condition.getAsBoolean()) {
            final Throwable cause = failure;
            if (cause != null) {
                throw new IOException(self.name() + ": " + cause.getMessage(), cause);
            }
            if (System.nanoTime() - startNs >= limitNs) {
                return false;
            }
            join(LOOK_MS);
        }
        return true;
    }

    private void join(final long limitMs) throws IOException {
        try {
            thread.join(limitMs);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /// Leaves the cluster and ends the thread: what it has written is then seen by everybody.
    @Override
    public void close() throws IOException {
        channel.close();
        ended = true;
        join(0);
    }

    private void run() {
        final Turn turn = new Turn();
        try (UdpBackplane udp = new UdpBackplane(chassis.backplane(self), self, turn::onDatagram)) {
            final BatchingSender sender = new BatchingSender(channel);
            try (Machine machine = maker.make(udp, sender)) {
                turn.machine = machine;
                turn.udp = udp;
                final ControlInbox made =
                        new ControlInbox(turn, self.formats(), WAITING_BATCHES, udp::wakeUp);
                inbox = made;
                while (!ended) {
                    turn.take(made);
                    sender.flush();
                    udp.flush();
                }
            }
        } catch (final IOException | RuntimeException | Error e) {
            failure = e;
        }
    }

    /// One turn of the thread after the other.
    private static final class Turn implements ControlInbox.Node {
        private @Nullable Machine machine;
        private @Nullable UdpBackplane udp;
        private long nowNs = System.nanoTime();
        private long timerNs = nowNs;
        private long waitNs;

        void take(final ControlInbox inbox) {
            final Machine own = machine;
            final UdpBackplane backplane = udp;
            if (own == null || backplane == null) {
                throw new IllegalStateException("the node is not made yet");
            }
            final int datagrams = backplane.poll(waitNs);
            nowNs = System.nanoTime();
            final int done = datagrams + inbox.drain(nowNs, BATCHES_AT_ONCE);
            final long nextNs = own.receive(nowNs);
            if (nowNs - timerNs >= TIMER_NS) {
                timerNs = nowNs;
                own.onTimer(nowNs);
            }
            waitNs = done > 0 ? 0 : Math.clamp(nextNs, 0, timerNs + TIMER_NS - nowNs);
        }

        void onDatagram(
                final int from, final MemorySegment datagram, final long offset, final int length) {
            if (machine != null) {
                machine.onDatagram(from, datagram, offset, length, nowNs);
            }
        }

        @Override
        public void onMessage(final int from, final ControlMessage message, final long atNs) {
            if (machine != null) {
                machine.onMessage(from, message, atNs);
            }
        }

        @Override
        public void onView(final ClusterView view, final long atNs) {
            if (machine != null && udp != null) {
                udp.onView(view);
                machine.onView(view, atNs);
            }
        }
    }
}
