package io.boomerang.cluster;

import io.boomerang.cluster.key.KeyHolder;
import io.boomerang.cluster.key.KeyedSockets;
import io.boomerang.cluster.key.Refusal;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.JChannel;
import org.jgroups.MergeView;
import org.jgroups.Message;
import org.jgroups.Receiver;
import org.jgroups.View;
import org.jgroups.stack.Protocol;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A member's connection to a JGroups cluster.
///
/// The listener is called by JGroups' threads: views one at a time; the messages of one sender one
/// at a time and in order, those of several senders at once. A message never comes before the view
/// that brings its sender (see {@link Admission}). A broadcast is a send to each other member, so
/// that it keeps its place among the messages to each.
///
/// A member whose node id is taken, or that runs with other cluster parameters, is refused: its
/// {@link #connect} throws, and the others never see it. When two parts of a cluster that did not
/// see each other find together again and that makes a member unwelcome, it leaves. So is refused
/// who reaches nobody but such as do not trust its key. Who reaches others that are merely late, as
/// when a whole chassis starts on a few processors, waits for them: JGroups looks for the other
/// parts of a cluster again and again.
public final class JGroupsChannel implements ClusterChannel {
    private static final Logger LOG = LogManager.getLogger(JGroupsChannel.class);

    /// How long those may be late whom a joining member has reached.
    private static final long LATE_LIMIT_NS = TimeUnit.SECONDS.toNanos(60);

    private static final long LOOK_INTERVAL_MS = 50;

    private final JGroupsConfig config;
    private final Member self;
    private final @Nullable KeyedSockets sockets;
    private final @Nullable LinkRelay relay;
    private final JChannel channel;
    private final Admission admission;

    /// Others have been met, or have refused this member.
    private final CountDownLatch settled = new CountDownLatch(1);

    private volatile @Nullable ClusterListener listener;
    private volatile ClusterView view = new ClusterView(0, List.of());
    private volatile @Nullable String refusal;
    private volatile boolean joined;
    private volatile boolean closed;

    public JGroupsChannel(final JGroupsConfig config, final Member self) {
        this(config, self, List.of());
    }

    /// @param underRelay protocols that come between the transport and what goes around its broken
    ///   links
    JGroupsChannel(final JGroupsConfig config, final Member self, final List<Protocol> underRelay) {
        this.config = config;
        this.self = self;
        final Address address = MemberAddress.of(self);
        this.admission = new Admission(self, address);
        final KeyHolder key = config.key();
        this.sockets = key == null ? null : new KeyedSockets(key, self.name());
        this.relay = config.isWithinThisProcess() ? null : new LinkRelay(self, address);
        final List<Protocol> aboveTransport = new ArrayList<>(underRelay);
        if (relay != null) {
            aboveTransport.add(relay);
        }
        this.channel = newChannel(config, sockets, aboveTransport, self, address);
        channel.setReceiver(new Inbox());
    }

    private static JChannel newChannel(
            final JGroupsConfig config,
            final @Nullable KeyedSockets sockets,
            final List<Protocol> aboveTransport,
            final Member self,
            final Address address) {
        try {
            final JChannel channel =
                    new JChannel(JGroupsStack.protocols(config, sockets, aboveTransport));
            channel.setName(self.name());
            channel.addAddressGenerator(() -> address);
            return channel;
        } catch (final Exception e) {
            throw new IllegalStateException(
                    "cannot set up the JGroups stack " + config.stack() + ": " + e, e);
        }
    }

    @Override
    public void connect(final ClusterListener listener) {
        if (closed || this.listener != null) {
            throw new IllegalStateException(self.name() + " was connected before");
        }
        this.listener = listener;
        if (sockets != null && !config.isWithinThisProcess()) {
            sockets.rehearse();
        }
        try {
            channel.connect(config.clusterName());
        } catch (final Exception e) {
            close();
            throw new IllegalStateException(
                    self.name() + " cannot join cluster " + config.clusterName() + ": " + e, e);
        }
        awaitTheLate();
        joined = true;
        final String reason = refusal != null ? refusal : reasonToBeAlone();
        if (reason != null) {
            close();
            throw new JoinRefusedException(reason);
        }
    }

    private void awaitTheLate() {
        final long endNs = System.nanoTime() + LATE_LIMIT_NS;
        try {
            boolean isSettled = false;
            while (!isSettled && isAloneForNow() && System.nanoTime() - endNs < 0) {
                isSettled = settled.await(LOOK_INTERVAL_MS, TimeUnit.MILLISECONDS);
            }
        } catch (final InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isAloneForNow() {
        final Refusal last = lastRefusal();
        return last != null && !last.isDecided() && isAlone() && refusal == null && !closed;
    }

    /// A member whose key nobody trusts finds nobody, and would go on as a chassis of its own.
    private @Nullable String reasonToBeAlone() {
        final Refusal last = lastRefusal();
        return last == null || !isAlone()
                ? null
                : self.name() + " was refused by all that it reached, last by " + last.text();
    }

    private @Nullable Refusal lastRefusal() {
        return sockets == null ? null : sockets.lastRefusedOutgoing();
    }

    private boolean isAlone() {
        return view.members().size() <= 1;
    }

    @Override
    public boolean send(final int node, final byte[] message, final int offset, final int length) {
        final Address destination = admission.addressOf(node);
        if (closed || destination == null) {
            return false;
        }
        return transmit(destination, Arrays.copyOfRange(message, offset, offset + length));
    }

    @Override
    public void broadcast(final byte[] message, final int offset, final int length) {
        if (closed) {
            return;
        }
        final byte[] copy = Arrays.copyOfRange(message, offset, offset + length);
        for (final Member member : view.members()) {
            final Address destination = admission.addressOf(member.node());
            if (member.node() != self.node() && destination != null) {
                transmit(destination, copy);
            }
        }
    }

    private boolean transmit(final Address destination, final byte[] bytes) {
        try {
            channel.send(new BytesMessage(destination, bytes));
            return true;
        } catch (final Exception e) {
            if (!closed) {
                LOG.warn("cluster={} member={} send failed", config.clusterName(), self.name(), e);
            }
            return false;
        }
    }

    @Override
    public ClusterView view() {
        return view;
    }

    @Override
    public Member self() {
        return self;
    }

    /// Messages that were lost because their sender did not become a member in time.
    public long messagesOfStrangers() {
        return admission.messagesOfStrangers();
    }

    /// Connections that ended before they began because one end did not trust the other's key,
    /// opened by either.
    public long connectionsRefused() {
        return sockets == null ? 0 : sockets.refusedCount();
    }

    @Override
    public LinkCounters links() {
        return relay == null ? LinkCounters.NONE : relay.counters();
    }

    @Override
    public void close() {
        closed = true;
        channel.close();
        if (sockets != null) {
            sockets.close();
        }
    }

    private void install(final View jgroupsView) {
        final ClusterListener listener = this.listener;
        if (listener == null || closed || refusal != null) {
            return;
        }
        final String reason = admission.admit(jgroupsView.getMembers());
        if (reason != null) {
            refusal = reason;
            settled.countDown();
            if (joined) {
                leave(jgroupsView, reason, listener);
            }
            return;
        }
        view =
                new ClusterView(
                        jgroupsView.getViewId().getId(),
                        admission.members(),
                        jgroupsView instanceof MergeView);
        LOG.info(
                "cluster={} member={} view={} members={}",
                config.clusterName(),
                self.name(),
                view.id(),
                view.members().stream().map(Member::name).toList());
        listener.onView(view);
        admission.release(listener);
        if (!isAlone()) {
            settled.countDown();
        }
    }

    /// By a thread of its own: JGroups cannot close a channel within its own call.
    private void leave(
            final View jgroupsView, final String reason, final ClusterListener listener) {
        LOG.error("cluster={} member={} leaves: {}", config.clusterName(), self.name(), reason);
        view = new ClusterView(jgroupsView.getViewId().getId(), List.of());
        listener.onView(view);
        Thread.ofPlatform().daemon().name("leave-" + self.name()).start(this::close);
    }

    /// What JGroups calls.
    private final class Inbox implements Receiver {
        private final Object viewLock = new Object();

        @Override
        public void viewAccepted(final View jgroupsView) {
            synchronized (viewLock) {
                install(jgroupsView);
            }
        }

        @Override
        public void receive(final Message message) {
            final ClusterListener listener = JGroupsChannel.this.listener;
            if (listener == null || closed || !message.hasArray()) {
                return;
            }
            final int node = admission.nodeOf(message);
            if (node != Admission.NOT_YET) {
                listener.onMessage(
                        node, message.getArray(), message.getOffset(), message.getLength());
            }
        }
    }
}
