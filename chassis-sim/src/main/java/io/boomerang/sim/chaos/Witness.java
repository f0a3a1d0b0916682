package io.boomerang.sim.chaos;

import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.backplane.Purpose;
import io.boomerang.backplane.SteeringHeader;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.cluster.Member;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.ParseReason;
import io.boomerang.flow.Side;
import io.boomerang.redirector.session.Installation;
import io.boomerang.redirector.steering.DropReason;
import io.boomerang.sim.chassis.ChassisObserver;
import io.boomerang.sim.chassis.NodeNames;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongPredicate;

/// Watches a run and says which promise was broken. Believes nothing that the chassis says of
/// itself: it goes by the packets that went in, reached blades and came out, and by what the run
/// did to nodes and networks.
final class Witness implements ChassisObserver {
    private static final int ENOUGH = 8;
    private static final long UNDER_WAY_NS = 900_000;
    private static final String REACH = "reach, where links lead";

    private final Map<Long, Passage> passages = new TreeMap<>();
    private final Map<Reception, SessionAnnouncement> newest = new HashMap<>();
    private final int[] incarnations = new int[Member.MAX_NODE + 1];
    private final long[] outOfSightUntilNs = new long[Member.MAX_NODE + 1];
    private final SteeringHeader header = new SteeringHeader();
    private final List<String> violations = new ArrayList<>();
    private final boolean synchronous;
    private @Nullable Crossing crossing;
    private Reach reach = (_, _, _) -> false;
    private LongPredicate calm = _ -> false;
    private final BitSet givingAway = new BitSet();
    private long delivered;
    private long moved;

    /// What is outside the chassis: hears of packets that leave it, and can look into redirectors.
    interface Crossing {
        /// A packet has left the chassis.
        void onCrossed(FlowState flow, boolean forward, boolean reset, long nowNs);

        /// Whether a redirector holds a live session of the flow.
        boolean holdsSession(int redirector, FlowKey key, long nowNs);
    }

    /// What must get through.
    @FunctionalInterface
    interface Reach {
        /// Whether frames must come from one node to the other, directly or by way of others,
        /// because for long enough nothing has changed.
        boolean mustReach(int from, int to, long nowNs);
    }

    /// A packet and what has become of it.
    private static final class Passage {
        final FlowState flow;
        final boolean forward;
        final boolean reset;
        final int life;
        final long sentNs;
        boolean waited;
        int holder;
        int blade;
        long flowId;
        boolean over;

        Passage(
                final FlowState flow,
                final boolean forward,
                final boolean reset,
                final long sentNs) {
            this.sentNs = sentNs;
            this.flow = flow;
            this.forward = forward;
            this.reset = reset;
            life = flow.life;
        }

        /// Whether the connection that the packet was sent for is over and another has followed.
        boolean isLate() {
            return life != flow.life;
        }
    }

    private record Reception(int redirector, int incarnation, FlowKey key) {}

    /// @param synchronous whether no packet may leave before the far side knows its flow
    Witness(final boolean synchronous) {
        this.synchronous = synchronous;
    }

    /// Whom to tell of packets that leave; before the first one does.
    ///
    /// @param newCalm whether at this time nothing has changed for long enough and the networks
    ///   neither lose nor delay, so that packets keep their order
    void watch(final Crossing newCrossing, final Reach newReach, final LongPredicate newCalm) {
        crossing = newCrossing;
        reach = newReach;
        calm = newCalm;
    }

    List<String> violations() {
        return violations;
    }

    long delivered() {
        return delivered;
    }

    /// How often a flow went from one live blade to another because that was ordered.
    long moved() {
        return moved;
    }

    void accuse(final String promise, final String what, final long nowNs) {
        if (violations.size() < ENOUGH) {
            violations.add(promise + " at " + nowNs / 1_000 + " us: " + what);
        }
    }

    // What the run does

    void onStarted(final int node) {
        incarnations[node]++;
    }

    /// A node has died; what it held is gone.
    void onDied(final int node) {
        incarnations[node]++;
        for (final Passage passage : passages.values()) {
            if (passage.holder == node) {
                passage.over = true;
            }
        }
    }

    /// Others could not see this blade, or think so, until then.
    void onOutOfSight(final int blade, final long untilNs) {
        outOfSightUntilNs[blade] = Math.max(outOfSightUntilNs[blade], untilNs);
    }

    /// From now on this blade's flows may move, one by one.
    void onMoveOrdered(final int blade) {
        givingAway.set(blade);
    }

    void onSent(
            final long packetNumber,
            final FlowState flow,
            final boolean forward,
            final boolean reset,
            final long nowNs) {
        passages.put(packetNumber, new Passage(flow, forward, reset, nowNs));
    }

    /// A network lost the datagram.
    void onLost(final byte[] datagram) {
        if (header.decode(MemorySegment.ofArray(datagram), 0, datagram.length)) {
            end(header.packetNumber());
        }
    }

    /// A link lost the datagram because it is broken.
    void onBroken(final int from, final int to, final byte[] datagram, final long nowNs) {
        if (header.decode(MemorySegment.ofArray(datagram), 0, datagram.length)) {
            end(header.packetNumber());
            if (reach.mustReach(from, to, nowNs)) {
                accuse(
                        REACH,
                        "packet "
                                + header.packetNumber()
                                + " was sent over the broken link from "
                                + NodeNames.of(from)
                                + " to "
                                + NodeNames.of(to),
                        nowNs);
            }
        }
    }

    private void end(final long packetNumber) {
        final Passage passage = passages.get(packetNumber);
        if (passage != null) {
            passage.over = true;
        }
    }

    /// Whether a packet has reached a blade or an end.
    boolean isOver(final long packetNumber) {
        final Passage passage = passages.get(packetNumber);
        return passage == null || passage.over;
    }

    /// Everything has come to rest: what has no end by now was lost without a word.
    void onRest(final long nowNs) {
        passages.forEach((number, passage) -> {
            if (!passage.over) {
                accuse(
                        "conservation",
                        "packet "
                                + number
                                + " of "
                                + passage.flow.name()
                                + " went in and has no end, last held by "
                                + NodeNames.of(passage.holder),
                        nowNs);
            }
        });
        passages.clear();
    }

    // What the chassis does

    @Override
    public void onDelivered(
            final int blade,
            final long packetNumber,
            final long flowId,
            final Side arrivalSide,
            final long nowNs) {
        final Passage passage = passages.get(packetNumber);
        if (passage == null) {
            return;
        }
        delivered++;
        passage.holder = blade;
        passage.blade = blade;
        passage.flowId = flowId;
        final FlowState flow = passage.flow;
        noteDispute(flow, blade, nowNs);
        prolongDispute(flow);
        flow.lastBlade = blade;
        if (passage.isLate()) {
            return;
        }
        checkOrder(packetNumber, passage, nowNs);
        final int incarnation = incarnations[blade];
        if (flow.home == blade && flow.homeIncarnation == incarnation) {
            if (nowNs > flow.disputedUntilNs) {
                flow.disputedUntilNs = FlowState.NEVER;
            }
            return;
        }
        if (flow.disputedUntilNs != FlowState.NEVER) {
            if (nowNs > flow.disputedUntilNs) {
                flow.disputedUntilNs = FlowState.NEVER; // the first one to arrive after the dispute
            }
        } else if (flow.home != 0
                && incarnations[flow.home] == flow.homeIncarnation
                && !givingAway.get(flow.home)) {
            accuse(
                    "P1 one flow, one blade",
                    "packet "
                            + packetNumber
                            + " of "
                            + flow.name()
                            + " reached "
                            + NodeNames.of(blade)
                            + " while its blade "
                            + NodeNames.of(flow.home)
                            + " lives",
                    nowNs);
        }
        moved += isGivenAway(flow) ? 1 : 0;
        flow.home = blade;
        flow.homeIncarnation = incarnation;
    }

    /// Whether the flow's blade lives and was told to move its flows.
    private boolean isGivenAway(final FlowState flow) {
        return flow.home != 0
                && incarnations[flow.home] == flow.homeIncarnation
                && givingAway.get(flow.home);
    }

    /// Packets that entered one after the other, with more between them than the networks take, are
    /// processed in that order, unless one had to wait for what a redirector did not know.
    private void checkOrder(final long packetNumber, final Passage passage, final long nowNs) {
        final FlowState flow = passage.flow;
        final int direction = passage.forward ? 1 : 0;
        if (passage.waited) {
            return;
        }
        if (packetNumber > flow.newest[direction]) {
            flow.newest[direction] = packetNumber;
            flow.newestSentNs[direction] = passage.sentNs;
        } else if (flow.newestSentNs[direction] - passage.sentNs > UNDER_WAY_NS
                && calm.test(passage.sentNs)
                && calm.test(nowNs)) {
            accuse(
                    "order",
                    "packet "
                            + packetNumber
                            + " of "
                            + flow.name()
                            + " was processed after packet "
                            + flow.newest[direction],
                    nowNs);
        }
    }

    /// Two blades may hold the same addresses and ports when one of them was out of sight, also
    /// those of connections that are over: the later of both has them when they meet.
    private void noteDispute(final FlowState flow, final int blade, final long nowNs) {
        final int other = flow.lastBlade;
        final long untilNs = Math.max(outOfSightUntilNs[other], outOfSightUntilNs[blade]);
        if (other != 0 && other != blade && nowNs <= untilNs) {
            flow.disputedUntilNs = Math.max(flow.disputedUntilNs, untilNs);
            flow.rival = other;
        }
    }

    /// A blade that is out of sight once more before it was heard still holds what it held.
    private void prolongDispute(final FlowState flow) {
        if (flow.disputedUntilNs != FlowState.NEVER) {
            flow.disputedUntilNs = Math.max(flow.disputedUntilNs, outOfSightUntilNs[flow.rival]);
        }
    }

    @Override
    public void onVerdict(
            final int blade,
            final long packetNumber,
            final ProcessorVerdict verdict,
            final long nowNs) {
        if (verdict.isDrop()) {
            end(packetNumber);
        }
    }

    @Override
    public void onNoPath(final int fromNode, final int toNode, final long nowNs) {
        if (reach.mustReach(fromNode, toNode, nowNs)) {
            accuse(
                    REACH,
                    NodeNames.of(fromNode) + " knows no way to " + NodeNames.of(toNode),
                    nowNs);
        }
    }

    @Override
    public void onHeld(
            final int redirector,
            final long packetNumber,
            final Purpose waitingFor,
            final long nowNs) {
        final Passage passage = passages.get(packetNumber);
        if (passage != null) {
            passage.holder = redirector;
            passage.waited = true;
        }
    }

    @Override
    public void onParked(final int blade, final long packetNumber, final long nowNs) {
        final Passage passage = passages.get(packetNumber);
        if (passage != null) {
            passage.holder = blade;
        }
    }

    @Override
    public void onDropped(
            final int redirector,
            final long packetNumber,
            final DropReason reason,
            final ParseReason detail,
            final long nowNs) {
        end(packetNumber);
    }

    @Override
    public void onEmitted(final int redirector, final long packetNumber, final long nowNs) {
        final Passage passage = passages.get(packetNumber);
        if (passage == null || crossing == null) {
            return;
        }
        passage.over = true;
        if (passage.isLate()) {
            return;
        }
        final FlowState flow = passage.flow;
        if (passage.forward && !flow.crossed) {
            flow.crossed = true;
            if (synchronous
                    && !hasLost(passage, redirector, nowNs)
                    && !crossing.holdsSession(redirector, flow.key, nowNs)) {
                accuse(
                        "P2 the return packet never outruns its session",
                        "packet "
                                + packetNumber
                                + " of "
                                + flow.name()
                                + " left by "
                                + NodeNames.of(redirector)
                                + ", which holds no session of it",
                        nowNs);
            }
        }
        crossing.onCrossed(flow, passage.forward, passage.reset, nowNs);
    }

    /// Whether two blades held the flow while they did not see each other, and the redirector knows
    /// the other one's as the later.
    private boolean hasLost(final Passage passage, final int redirector, final long nowNs) {
        final SessionAnnouncement known =
                newest.get(new Reception(redirector, incarnations[redirector], passage.flow.key));
        return nowNs <= outOfSightUntilNs[passage.blade]
                && known != null
                && known.blade() != passage.blade
                && Long.compareUnsigned(known.flowId(), passage.flowId) > 0;
    }

    @Override
    public void onAnnounced(
            final int redirector,
            final int from,
            final SessionAnnouncement announcement,
            final Installation installation,
            final boolean carried,
            final long nowNs) {
        final Reception reception =
                new Reception(redirector, incarnations[redirector], announcement.key());
        final SessionAnnouncement before = newest.get(reception);
        final boolean taken = installation == Installation.INSTALLED;
        if (before == null || isNewer(announcement, before) || taken && mayBeGone(before, nowNs)) {
            if (announcement.version() != SessionAnnouncement.UNANNOUNCED) {
                newest.put(reception, announcement); // a mere choice gives way to a blade's word
            }
        } else if (taken && isNewer(before, announcement)) {
            accuse(
                    "P3 newer wins",
                    NodeNames.of(redirector) + " took " + announcement + " after " + before,
                    nowNs);
        }
    }

    /// Whether the blade is dead, or some redirector may think so. Deaths and starts alternate
    /// here; a chassis counts starts only, from 1.
    private boolean mayBeGone(final SessionAnnouncement announcement, final long nowNs) {
        final int blade = announcement.blade();
        final boolean dead = incarnations[blade] % 2 == 1;
        return dead
                || announcement.incarnation() != 1 + incarnations[blade] / 2
                || nowNs <= outOfSightUntilNs[blade];
    }

    /// By flow id, then version in the circle of 16 bits, then incarnation.
    private static boolean isNewer(final SessionAnnouncement one, final SessionAnnouncement other) {
        final int byFlow = Long.compareUnsigned(one.flowId(), other.flowId());
        if (byFlow != 0) {
            return byFlow > 0;
        }
        final int byVersion = (short) (one.version() - other.version());
        return byVersion != 0 ? byVersion > 0 : one.incarnation() > other.incarnation();
    }
}
