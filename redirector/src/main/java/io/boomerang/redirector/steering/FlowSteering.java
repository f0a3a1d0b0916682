package io.boomerang.redirector.steering;

import io.boomerang.announce.FlowMoved;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.announce.SessionPage;
import io.boomerang.announce.StateAnswer;
import io.boomerang.announce.StateQuery;
import io.boomerang.announce.SteeringRule;
import io.boomerang.announce.TcpPhase;
import io.boomerang.cluster.ClusterParameters;
import io.boomerang.cluster.ControlSender;
import io.boomerang.cluster.Member;
import io.boomerang.flow.FlowHash;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;
import io.boomerang.redirector.RedirectorConfig;
import io.boomerang.redirector.session.Installation;
import io.boomerang.redirector.session.Origin;
import io.boomerang.redirector.session.SessionTable;
import io.boomerang.redirector.session.SweepPace;
import io.boomerang.redirector.store.StoredSession;

import org.jspecify.annotations.Nullable;

/// Which blade a flow's packets go to, and how that is found out: its session; else the blade that
/// has announced to expect the flow; else, on a redirector that does not own the flow, the owner,
/// unless every redirector computes the same blade for it; else, on the owner, the policy if the
/// packet opens a flow that nobody can know, and the blades' answers otherwise. When not all of
/// them answer in time the packet is dropped and counted: another blade would break the flow, its
/// sender can repeat the packet. See {@link Decision}. Used by the redirector's thread only.
final class FlowSteering implements AutoCloseable {
    private final RedirectorConfig config;
    private final Member self;
    private final Side side;
    private final Arrival arrival;
    private final BackplaneSender sender;
    private final PacketForwarder forwarder;
    private final PacketDrops drops;
    private final RedirectorCounters counters;
    private final SteeringObserver observer;

    private final FlowHash flowHash;
    private final FlowIdClock flowIds;
    private final SessionTable sessions;
    private final SweepPace sweep;
    private final Expectations expectations;
    private final SessionValidity validity;
    private final SessionExchange exchange;
    private final StateQueries queries;
    private final Heirs heirs = new Heirs();
    private final BladeLoad load;
    private final BucketAllocation allocation;

    private final ViewHistory history;
    private final SessionPuller puller;
    private final RuleInUse rule;
    private final Jurisdiction jurisdiction;
    private final SessionComparison comparison;

    private ChassisMap chassis = ChassisMap.EMPTY;

    /// @param arrival the packet that is on its way, the redirector's only one
    FlowSteering(
            final RedirectorConfig config,
            final ClusterParameters parameters,
            final Member self,
            final FlowHash flowHash,
            final Arrival arrival,
            final BackplaneSender sender,
            final PacketForwarder forwarder,
            final PacketDrops drops,
            final ControlSender control,
            final RedirectorCounters counters,
            final SteeringObserver observer) {
        this.config = config;
        this.self = self;
        this.side = ChassisMap.sideOf(self.role());
        this.flowHash = flowHash;
        this.arrival = arrival;
        this.sender = sender;
        this.forwarder = forwarder;
        this.drops = drops;
        this.counters = counters;
        this.observer = observer;
        this.flowIds = new FlowIdClock(self.node());
        this.allocation = new BucketAllocation(parameters.bucketCount());
        this.sessions =
                new SessionTable(
                        config.sessionCapacity(),
                        flowHash::hash,
                        (hash, blade) -> allocation.bladeOf(hash) == blade);
        this.sweep = new SweepPace(sessions.slotCount());
        this.history = new ViewHistory(side, self.node());
        this.validity = new SessionValidity(config, self, sessions, allocation, history);
        this.expectations = new Expectations(counters);
        this.exchange =
                new SessionExchange(
                        self,
                        sessions,
                        expectations,
                        flowHash,
                        config.cacheLeaseMs(),
                        history,
                        control,
                        counters,
                        observer);
        this.queries = new StateQueries(config, self.node(), control, counters, observer);
        this.load = sessions::liveSessions;
        this.puller = new SessionPuller(self, control);
        this.rule = new RuleInUse(config.policy(), puller);
        this.jurisdiction = new Jurisdiction(self, arrival, allocation, rule, puller, history);
        this.comparison =
                new SessionComparison(
                        self,
                        config.comparisonIntervalMs(),
                        sessions,
                        flowHash,
                        exchange,
                        control,
                        counters);
    }

    /// The members of the chassis have changed.
    void onChassis(final ChassisMap map, final long nowNs) {
        final boolean united = history.onChassis(chassis, map, nowNs);
        if (united) {
            distrust(nowNs); // the others may have steered by another table
        }
        puller.onChassis(chassis, map, united, nowNs);
        chassis = map;
        validity.onChassis(map);
        jurisdiction.onChassis(map);
        exchange.onChassis(map);
        comparison.onChassis(map);
        if (puller.isComplete()) {
            history.onPulled(); // whoever had something else to say is gone
        }
        for (final StateQuery query : queries.onChassis(map)) {
            release(query.key(), queries.onUnanswerable(query, nowNs), nowNs);
        }
    }

    /// The chassis goes by another rule, and this redirector with it.
    ///
    /// @param map the chassis by that rule
    void onRule(final SteeringRule next, final ChassisMap map, final long nowNs) {
        rule.change(next);
        history.onOwnersMoved(nowNs);
        allocation.onRule(next.newAllocationHash(), nowNs);
        chassis = map;
        validity.onChassis(map);
        jurisdiction.onChassis(map);
        exchange.onChassis(map);
        comparison.onChassis(map);
        puller.onRule(map, nowNs);
    }

    /// This redirector stood still for so long that the others may have gone on without it.
    void onPause(final long nowNs) {
        history.onPause(nowNs);
        puller.restart(chassis, nowNs);
        comparison.abandon();
        distrust(nowNs);
    }

    private void distrust(final long nowNs) {
        allocation.distrust(nowNs);
        sessions.distrust();
    }

    BucketAllocation allocation() {
        return allocation;
    }

    SessionTable sessions() {
        return sessions;
    }

    /// True when no packet waits for a blade's answer and no session is yet to be pulled.
    boolean isIdle() {
        return queries.isEmpty() && puller.isComplete();
    }

    /// Ends what has waited or lain idle for too long; answers how much was done.
    int expire(final long nowNs) {
        int done = queries.repeat(nowNs) + puller.ask(nowNs);
        done += comparison.onTimer(puller.isComplete(), nowNs);
        for (var overdue = queries.expireEldest(nowNs);
                overdue != null;
                overdue = queries.expireEldest(nowNs)) {
            while (!overdue.isEmpty()) {
                drops.drop(queries.discard(overdue), DropReason.STATE_UNKNOWN, nowNs);
            }
            done++;
        }
        return done + sessions.expire(nowNs, sweep.due(nowNs));
    }

    // Steering

    /// Sends the arrival, a packet of the flow `key`, on its way.
    void steer(final FlowKey key, final long nowNs) {
        final long hash = flowHash.hash(key);
        final long slot = sessions.find(key, hash);
        if (isReturnedToBeginAnew(slot, hash)) {
            select(key, hash, nowNs);
        } else if (validity.isUsable(slot, hash, nowNs)) {
            steerBySession(key, hash, slot, Decision.SESSION, nowNs);
        } else {
            steerWithoutSession(key, hash, slot, nowNs);
        }
    }

    /// Whether the blade that had the flow's addresses and ports last has sent this packet back,
    /// with which another one begins: such a blade accepts none.
    private boolean isReturnedToBeginAnew(final long slot, final long hash) {
        return arrival.returnedBy != 0
                && arrival.opening
                && slot != SessionTable.NONE
                && sessions.blade(slot) == arrival.returnedBy
                && chassis.owner(side, hash) == self.node();
    }

    private void steerBySession(
            final FlowKey key,
            final long hash,
            final long slot,
            final Decision decision,
            final long nowNs) {
        if (sessions.hasSurvived(slot)) {
            decideByMemory(key, hash, slot, nowNs);
        } else {
            deliver(key, sessions.flowId(slot), sessions.blade(slot), decision, nowNs);
            exchange.answerAsker(arrival, key, slot);
        }
    }

    /// @param slot of a session that is over or whose blade is dead, or `NONE`
    private void steerWithoutSession(
            final FlowKey key, final long hash, final long slot, final long nowNs) {
        final WaitingRoom.Queue waiting = queries.find(key);
        if (waiting != null) {
            holdOrDrop(waiting, nowNs);
            return;
        }
        if (history.isLost()) {
            query(key, nowNs);
            return;
        }
        final int expecting = expectations.bladeOf(key, arrival.sourceIsB, chassis, nowNs);
        if (expecting != 0 && (arrival.opening || key.protocol() != TcpFlags.PROTOCOL)) {
            decide(key, hash, expecting, Decision.EXPECTED, nowNs);
            return;
        }
        final int owner = chassis.owner(side, hash);
        final boolean opensConnection = arrival.opening && key.protocol() == TcpFlags.PROTOCOL;
        if (owner != self.node() && arrival.hops < PacketForwarder.MAX_HOPS) {
            if (arrival.opening
                    && jurisdiction.everyRedirectorAgrees(hash, opensConnection, nowNs)) {
                select(key, hash, nowNs);
            } else {
                forwarder.lookUp(arrival, key, owner, nowNs);
            }
        } else if (owner != self.node()) {
            query(key, nowNs);
        } else if (!puller.isComplete()) {
            askWhoKnows(key, jurisdiction.formerOwner(hash, opensConnection), nowNs);
        } else if (slot != SessionTable.NONE && !exchange.isUnconfirmed(slot, nowNs)) {
            steerByMemory(key, hash, slot, nowNs);
        } else if (slot == SessionTable.NONE
                && arrival.opening
                && jurisdiction.nobodyElseKnows(hash, opensConnection, nowNs)) {
            select(key, hash, nowNs);
        } else {
            query(key, nowNs); // also after a mere choice: the blade may hold it unannounced
        }
    }

    private void askWhoKnows(final FlowKey key, final int formerOwner, final long nowNs) {
        if (formerOwner == 0) {
            query(key, nowNs);
        } else {
            forwarder.lookUp(arrival, key, formerOwner, nowNs);
        }
    }

    /// On the owner, which remembers where the tuple was last.
    private void steerByMemory(
            final FlowKey key, final long hash, final long slot, final long nowNs) {
        final int blade = sessions.blade(slot);
        if (validity.remembers(slot, nowNs)) {
            decideByMemory(key, hash, slot, nowNs);
        } else if (!history.hasSeen(blade, sessions.incarnation(slot))) {
            query(key, nowNs); // others know that blade already
        } else if (sessions.isLive(slot, nowNs)) {
            reselect(key, hash, slot, nowNs);
        } else if (arrival.opening) {
            select(key, hash, nowNs);
        } else {
            query(key, nowNs);
        }
    }

    private void select(final FlowKey key, final long hash, final long nowNs) {
        final int chosen = rule.select(hash, allocation, load);
        if (chosen != 0 && chassis.isAlive(chosen)) {
            decide(key, hash, chosen, rule.isByBucket() ? Decision.BUCKET : Decision.LOAD, nowNs);
        } else {
            decideOnAny(key, hash, Decision.FALLBACK, nowNs);
        }
    }

    /// The flow's blade is dead.
    private void reselect(final FlowKey key, final long hash, final long slot, final long nowNs) {
        counters.flowsBroken++;
        observer.onBroken(self.node(), key, sessions.blade(slot), nowNs);
        final int heir = heirs.of(hash, chassis, allocation);
        if (heir != 0) {
            decide(key, hash, heir, Decision.RESELECTED, nowNs);
        } else {
            decideOnAny(key, hash, Decision.RESELECTED, nowNs);
        }
    }

    private void decideOnAny(
            final FlowKey key, final long hash, final Decision decision, final long nowNs) {
        final int blade = chassis.anyBlade(hash);
        if (blade == 0) {
            drops.drop(arrival.packetNumber, DropReason.NO_BLADE, nowNs);
        } else {
            decide(key, hash, blade, decision, nowNs);
        }
    }

    /// Where the blade itself has announced the tuple, it is not forgotten that it had the newest
    /// flow of it: whoever holds an earlier one has lost it.
    private void decideByMemory(
            final FlowKey key, final long hash, final long slot, final long nowNs) {
        final Origin origin =
                sessions.origin(slot) == Origin.ANNOUNCED ? Origin.ANNOUNCED : Origin.DECIDED;
        decide(key, hash, sessions.blade(slot), Decision.MEMORY, origin, nowNs);
    }

    private void decide(
            final FlowKey key,
            final long hash,
            final int blade,
            final Decision decision,
            final long nowNs) {
        decide(key, hash, blade, decision, Origin.DECIDED, nowNs);
    }

    private void decide(
            final FlowKey key,
            final long hash,
            final int blade,
            final Decision decision,
            final Origin origin,
            final long nowNs) {
        final long flowId = flowIds.next(nowNs);
        final Installation installation =
                sessions.install(
                        key,
                        hash,
                        origin,
                        flowId,
                        blade,
                        chassis.incarnation(blade),
                        SessionAnnouncement.UNANNOUNCED,
                        config.embryonicLeaseMs(),
                        TcpPhase.EMBRYONIC,
                        nowNs);
        counters.flowsDecided++;
        if (installation == Installation.FULL) {
            counters.flowsWithoutSession++;
        }
        deliver(key, flowId, blade, decision, nowNs);
        if (arrival.lookedUp && installation != Installation.FULL) {
            exchange.answerAsker(arrival, key, sessions.find(key, hash));
        }
    }

    private void deliver(
            final FlowKey key,
            final long flowId,
            final int blade,
            final Decision decision,
            final long nowNs) {
        counters.count(decision);
        observer.onSteered(self.node(), arrival.packetNumber, decision, key, flowId, blade, nowNs);
        if (!sender.deliver(arrival, key, flowId, blade)) {
            drops.drop(arrival.packetNumber, sender.refusal(), nowNs);
        }
    }

    // The blades are asked

    private void query(final FlowKey key, final long nowNs) {
        final int[] blades = chassis.blades();
        if (blades.length == 0) {
            drops.drop(arrival.packetNumber, DropReason.NO_BLADE, nowNs);
            return;
        }
        if (!queries.isAffordable(nowNs)) {
            drops.drop(arrival.packetNumber, DropReason.QUESTION_BUDGET, nowNs);
            return;
        }
        holdOrDrop(queries.ask(key, blades, arrival.length, nowNs), nowNs);
    }

    /// Lets the packet wait for the blades' answers.
    private void holdOrDrop(final WaitingRoom.@Nullable Queue queue, final long nowNs) {
        if (queue == null || !queries.hold(queue, arrival, nowNs)) {
            drops.drop(arrival.packetNumber, DropReason.STATE_QUERIES_FULL, nowNs);
        }
    }

    /// A blade has answered what it was asked.
    void takeAnswer(final int fromNode, final StateAnswer answer, final long nowNs) {
        final FlowKey key = queries.keyOf(answer.queryId());
        if (key == null || history.isLost()) {
            return; // late: decided meanwhile, or never asked; or too early: asked again soon
        }
        final SessionAnnouncement session = answer.session();
        if (session != null && session.key().equals(key)) {
            flowIds.observe(session.flowId());
            final int chosen = exchange.chosenInstead(session, nowNs);
            if (chosen != 0 && !queries.hasAnswered(answer.queryId(), chosen)) {
                return; // asked again soon: maybe the later flow is on that one
            }
            exchange.learnAnswer(fromNode, session, nowNs);
            if (!history.isHealing()) {
                releaseWaiting(session, nowNs);
                return;
            }
        }
        if (rule.isMoving(nowNs) || rule.isByBucket() && !allocation.hasTable()) {
            return; // somebody may be giving the flow to a blade: asked again soon
        }
        release(key, queries.onUnknown(answer.queryId(), fromNode, nowNs), nowNs);
    }

    /// Steers those who waited for `key`: by the session if there is one now; else the owner
    /// decides alone, which may be another one by now.
    private void release(
            final FlowKey key, final WaitingRoom.@Nullable Queue queue, final long nowNs) {
        if (queue == null) {
            return;
        }
        final long hash = flowHash.hash(key);
        final int owner = chassis.owner(side, hash);
        while (!queue.isEmpty()) {
            queries.take(queue, arrival);
            final long slot = sessions.find(key, hash);
            if (validity.lives(slot, nowNs) && sessions.isTrusted(slot)) {
                final Decision decision =
                        sessions.origin(slot) == Origin.DECIDED
                                ? Decision.SESSION
                                : Decision.ANSWER;
                steerBySession(key, hash, slot, decision, nowNs);
            } else if (owner != self.node()) {
                forwarder.lookUp(arrival, key, owner, nowNs); // or drops it: it is not to decide
            } else if (validity.remembers(slot, nowNs)) {
                decideByMemory(key, hash, slot, nowNs);
            } else if (hasLostItsBlade(slot, nowNs)) {
                reselect(key, hash, slot, nowNs); // as the far owner does, which need not ask
            } else {
                select(key, hash, nowNs);
            }
        }
    }

    private boolean hasLostItsBlade(final long slot, final long nowNs) {
        return slot != SessionTable.NONE
                && sessions.isLive(slot, nowNs)
                && !chassis.isAlive(sessions.blade(slot), sessions.incarnation(slot))
                && history.hasSeen(sessions.blade(slot), sessions.incarnation(slot));
    }

    // Announcements

    /// Takes in what an announcement says. The packets that waited for it stay where they are until
    /// {@link #releaseWaiting}, so that the arrival remains what it is. Answers false when it is
    /// the late word of another redirector that owns the flow no more.
    boolean learn(
            final int fromNode,
            final SessionAnnouncement announcement,
            final boolean carried,
            final long nowNs) {
        flowIds.observe(announcement.flowId());
        if (fromNode != announcement.blade()
                && rule.isMoving(nowNs)
                && fromNode != chassis.owner(side, flowHash.hash(announcement.key()))) {
            return false;
        }
        exchange.learn(fromNode, announcement, carried, nowNs);
        return true;
    }

    /// A blade has taken a flow over from another one, which no packet of it goes to from now on.
    void learnMove(final int fromNode, final FlowMoved moved, final long nowNs) {
        final SessionAnnouncement session = moved.session();
        flowIds.observe(session.flowId());
        exchange.learnMove(fromNode, session, nowNs);
        if (chassis.isBlade(moved.former())) {
            sender.mark(session.flowId(), side, self.node(), moved.former());
        }
    }

    /// Takes back a session from before this process.
    boolean restore(final StoredSession session, final int leaseMs, final long nowNs) {
        flowIds.observe(session.flowId());
        return exchange.restore(session, leaseMs, nowNs);
    }

    /// What was taken back is hearsay until its blade confirms it.
    void onRestored(final long nowNs) {
        history.onRestored(nowNs);
        sessions.distrust();
    }

    /// Some of the sessions that this redirector has pulled from a blade.
    void takePage(final int fromNode, final SessionPage page, final long nowNs) {
        if (comparison.take(fromNode, page, nowNs)) {
            for (final SessionAnnouncement session : page.sessions()) {
                flowIds.observe(session.flowId());
                comparison.repair(fromNode, session, nowNs);
                releaseWaiting(session, nowNs);
            }
            return;
        }
        if (puller.take(fromNode, page, nowNs)) {
            for (final SessionAnnouncement session : page.sessions()) {
                flowIds.observe(session.flowId());
                exchange.install(fromNode, session, nowNs);
                releaseWaiting(session, nowNs);
            }
        }
        if (puller.isConfirmed()) {
            history.onConfirmed();
        }
        if (puller.isComplete()) {
            history.onPulled();
        }
    }

    SessionComparison comparison() {
        return comparison;
    }

    SessionPuller puller() {
        return puller;
    }

    /// Steers the packets that waited for this announcement. They become the arrival in turn.
    void releaseWaiting(final SessionAnnouncement announcement, final long nowNs) {
        final FlowKey key = announcement.key();
        if (announcement.kind() != Kind.CLOSE
                && !history.isHealing()
                && queries.find(key) != null
                && isTrusted(key)) {
            release(key, queries.onFound(key, nowNs), nowNs);
        }
    }

    private boolean isTrusted(final FlowKey key) {
        final long slot = sessions.find(key, flowHash.hash(key));
        return slot == SessionTable.NONE || sessions.isTrusted(slot);
    }

    /// What this redirector knows of a flow, and where it would send a packet of it.
    Explanation explain(final FlowKey key, final long nowNs) {
        final long hash = flowHash.hash(key);
        return new Explanation(
                self.name(),
                Explanation.session(sessions, sessions.find(key, hash), nowNs),
                allocation.bucketOf(hash),
                allocation.bladeOf(hash),
                allocation.epoch(),
                chassis.owner(side, hash),
                chassis.backup(side, hash));
    }

    @Override
    public void close() {
        sessions.close();
        queries.close();
    }
}
