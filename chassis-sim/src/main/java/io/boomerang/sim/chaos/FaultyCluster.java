package io.boomerang.sim.chaos;

import io.boomerang.cluster.ClusterChannel;
import io.boomerang.cluster.ClusterListener;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.Member;
import io.boomerang.sim.chassis.ChassisClock;
import io.boomerang.sim.chassis.ClusterSource;
import io.boomerang.sim.chassis.SteppedClock;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SortedMap;
import java.util.TreeMap;

/// A control plane that loses, doubles, delays and reorders messages as the weather is, and whose
/// members learn late who is there: a node that dies, stands still or is out of reach leaves the
/// others' view after {@link #DETECTION_NS}, and one that comes back enters it after {@link
/// #MERGE_NS}. A single broken link excludes nobody, as real members relay their control messages
/// around it; between the parts of a divided chassis there is no other way.
final class FaultyCluster implements ClusterSource {
    static final long DETECTION_NS = 1_200_000_000L;
    static final long MERGE_NS = 500_000_000L;

    private static final Comparator<Due> BY_TIME =
            Comparator.comparingLong(Due::dueNs).thenComparingLong(Due::sequence);

    private final Links links;
    private final Weather weather;
    private final PriorityQueue<Due> agenda = new PriorityQueue<>(BY_TIME);
    private final SortedMap<Integer, Channel> connected = new TreeMap<>();
    private long nowNs;
    private long sequence;
    private long viewId;

    private record Due(long dueNs, long sequence, Runnable action) {}

    FaultyCluster(final Links links, final Weather weather, final long startNs) {
        this.links = links;
        this.weather = weather;
        nowNs = startNs;
    }

    @Override
    public ClusterChannel channel(final Member member) {
        return new Channel(member);
    }

    @Override
    public ChassisClock clock(final long startNs) {
        return new SteppedClock(startNs);
    }

    @Override
    public int deliverDue(final long newNowNs) {
        nowNs = newNowNs;
        int done = 0;
        for (Due next = agenda.peek(); next != null && next.dueNs <= nowNs; next = agenda.peek()) {
            agenda.remove();
            next.action.run();
            done++;
        }
        return done;
    }

    @Override
    public long nextDueNs() {
        final Due next = agenda.peek();
        return next == null ? Long.MAX_VALUE : next.dueNs;
    }

    private void after(final long delayNs, final Runnable action) {
        agenda.add(new Due(nowNs + delayNs, sequence++, action));
    }

    /// The failure detector has heard nothing of somebody for long enough.
    void detect() {
        after(DETECTION_NS, this::changeViews);
    }

    /// Parts that did not know of each other have found each other.
    void merge() {
        after(MERGE_NS, this::changeViews);
    }

    /// A node stands still from now on.
    void pause(final int node) {
        final Channel channel = connected.get(node);
        if (channel != null) {
            channel.pausedNs = nowNs;
            detect();
        }
    }

    void resume(final int node) {
        final Channel channel = connected.get(node);
        if (channel != null) {
            channel.absent = channel.isMissed();
            channel.pausedNs = Channel.RUNNING;
            if (!channel.absent) {
                changeViews(); // what came meanwhile waits in its buffers
            }
            after(
                    MERGE_NS,
                    () -> {
                        channel.absent = false;
                        changeViews();
                    });
        }
    }

    private void changeViews() {
        viewId++;
        final Map<Channel, List<Member>> next = new LinkedHashMap<>();
        for (final Channel channel : connected.values()) {
            if (channel.pausedNs == Channel.RUNNING && !channel.absent) {
                next.put(channel, seenBy(channel));
            }
        }
        final Map<Channel, ClusterView> views = new LinkedHashMap<>();
        next.forEach((channel, members) -> {
            if (!members.equals(channel.announced)) {
                views.put(channel, new ClusterView(viewId, members, isMerge(channel, members)));
            }
        });
        views.forEach((channel, view) -> {
            channel.announced = view.members();
            after(weather.delayNs(0, channel.self.node()), () -> channel.install(view));
        });
    }

    private List<Member> seenBy(final Channel channel) {
        final List<Member> members = new ArrayList<>();
        for (final Channel other : connected.values()) {
            if (other == channel
                    || !other.isMissed()
                            && !channel.isMissed()
                            && !links.areApart(channel.self.node(), other.self.node())) {
                members.add(other.self);
            }
        }
        return members;
    }

    /// Whether somebody who is new in a member's view had a view before, and so had the member.
    private boolean isMerge(final Channel channel, final List<Member> members) {
        return !channel.announced.isEmpty()
                && connected.values().stream()
                        .anyMatch(other ->
                                members.contains(other.self)
                                        && !channel.announced.contains(other.self)
                                        && !other.announced.isEmpty());
    }

    @Override
    public void close() {}

    private final class Channel implements ClusterChannel {
        static final long RUNNING = -1;

        private final Member self;
        private @Nullable ClusterListener listener;
        private ClusterView view = new ClusterView(0, List.of());
        private List<Member> announced = List.of();
        private long pausedNs = RUNNING;
        private boolean absent;

        Channel(final Member self) {
            this.self = self;
        }

        boolean isMissed() {
            return absent || pausedNs != RUNNING && nowNs - pausedNs >= DETECTION_NS;
        }

        @Override
        public void connect(final ClusterListener newListener) {
            listener = newListener;
            connected.put(self.node(), this);
            changeViews();
        }

        @Override
        public boolean send(
                final int node, final byte[] message, final int offset, final int length) {
            final Channel to = connected.get(node);
            if (view.member(node) == null) {
                return false;
            }
            if (to != null && connected.get(self.node()) == this) {
                final byte[] copy = Arrays.copyOfRange(message, offset, offset + length);
                final int copies = weather.copies(self.node(), node);
                for (int i = 0; i < copies; i++) {
                    after(weather.delayNs(self.node(), node), () -> to.receive(this, copy));
                }
            }
            return true;
        }

        @Override
        public void broadcast(final byte[] message, final int offset, final int length) {
            for (final Member member : view.members()) {
                if (member.node() != self.node()) {
                    send(member.node(), message, offset, length);
                }
            }
        }

        void install(final ClusterView newView) {
            if (connected.get(self.node()) == this
                    && listener != null
                    && newView.id() > view.id()) {
                view = newView;
                listener.onView(newView);
            }
        }

        private void receive(final Channel from, final byte[] message) {
            if (connected.get(self.node()) == this
                    && listener != null
                    && from.self.equals(view.member(from.self.node()))
                    && !links.areApart(from.self.node(), self.node())) {
                listener.onMessage(from.self.node(), message, 0, message.length);
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

        @Override
        public void close() {
            if (connected.get(self.node()) == this) {
                connected.remove(self.node());
                detect();
            }
        }
    }
}
