package io.boomerang.node;

import io.boomerang.announce.BucketTableUpdate;
import io.boomerang.announce.ControlMessage;
import io.boomerang.announce.DesiredRule;
import io.boomerang.announce.DesiredWeight;
import io.boomerang.announce.SteeringRule;
import io.boomerang.blade.BladeCounters;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.ControlSender;
import io.boomerang.cluster.Member;
import io.boomerang.cluster.Member.Role;
import io.boomerang.flow.FlowKey;
import io.boomerang.node.admin.FlowReport;
import io.boomerang.node.admin.Measurements;
import io.boomerang.node.store.DurableBlade;
import io.boomerang.node.store.DurableSessions;
import io.boomerang.node.store.NodeStore;
import io.boomerang.node.store.RestoredNode;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/// A processor, and how many new flows it wants; redirectors are told of none where flows come from
/// other blades only.
///
/// Draining asks for none; it is over when the last flow is gone. When an operator says so, and
/// before the daemon ends, what there is moves to others, as far as it can. An operator may change
/// his mind; before it ends it stays drained. The weight is said again with each change of the
/// members, because who allocates buckets may be one of them, and each second while it is 0.
final class ProcessorMachine implements NodeMachine {
    private static final long REPEAT_NS = TimeUnit.SECONDS.toNanos(1);

    private final ProcessingBlade blade;
    private int weight;
    private @Nullable DurableSessions durable;
    private boolean moves;
    private boolean ending;
    private int[] listeners = {};
    private long saidNs;

    /// @param weight how many new flows it wants, measured against others
    ProcessorMachine(final ProcessingBlade blade, final int weight) {
        this.blade = blade;
        this.weight = weight;
    }

    @Override
    public RestoredNode keep(final NodeStore store, final long nowNs) {
        final DurableSessions kept = DurableBlade.keep(store, blade.node(), nowNs);
        durable = kept;
        return kept.restored();
    }

    @Override
    public int receive(final long nowNs) {
        return blade.receive(nowNs);
    }

    @Override
    public void onDatagram(
            final int fromNode,
            final MemorySegment datagram,
            final long offset,
            final int length,
            final long nowNs) {
        blade.onDatagram(fromNode, datagram, offset, length, nowNs);
    }

    @Override
    public void onMessage(final int fromNode, final ControlMessage message, final long nowNs) {
        blade.onMessage(fromNode, message, nowNs);
    }

    @Override
    public void onView(final ClusterView view, final ControlSender control, final long nowNs) {
        listeners =
                view.members().stream()
                        .filter(member -> member.role() != Role.BLADE)
                        .filter(_ -> view.format() >= DesiredWeight.FIRST_FORMAT)
                        .mapToInt(Member::node)
                        .toArray();
        blade.onView(view, nowNs);
        sayWeight(control, nowNs);
    }

    private void sayWeight(final ControlSender control, final long nowNs) {
        for (final int redirector : listeners) {
            control.send(redirector, new DesiredWeight(newFlows(), moves));
        }
        saidNs = nowNs;
    }

    /// What redirectors are told.
    private int newFlows() {
        return blade.opensFlows() ? weight : 0;
    }

    @Override
    public void onPause(final long nowNs) {
        // What a blade knows of a flow nobody can know better.
    }

    @Override
    public int onTimer(final ControlSender control, final long nowNs) {
        if (newFlows() == 0 && nowNs - saidNs >= REPEAT_NS) {
            sayWeight(control, nowNs);
        }
        if (durable != null) {
            durable.onTimer(nowNs);
        }
        return blade.onTimer(nowNs);
    }

    @Override
    public void flush() {
        blade.flush();
    }

    @Override
    public void shut() {}

    @Override
    public void drain(final ControlSender control, final long nowNs) {
        ending = true;
        moves = true;
        weight = 0;
        blade.setDraining(true);
        sayWeight(control, nowNs);
    }

    @Override
    public boolean isDrained() {
        return blade.isIdle() && blade.node().counters().liveFlows() == 0;
    }

    @Override
    public int weight() {
        return weight;
    }

    @Override
    public boolean weigh(
            final int newWeight,
            final boolean newMoves,
            final ControlSender control,
            final long nowNs) {
        if (ending) {
            return true; // it stays drained until it ends
        }
        weight = newWeight;
        moves = newMoves;
        blade.setDraining(weight == 0);
        sayWeight(control, nowNs);
        return true;
    }

    @Override
    public boolean isServing() {
        return true;
    }

    @Override
    public boolean isDraining() {
        return weight == 0;
    }

    @Override
    public void measure(final Measurements into, final IntFunction<String> name, final long nowNs) {
        ProcessorMeasurements.add(into, blade.node(), weight, nowNs);
        blade.measure(into);
    }

    @Override
    public FlowReport explain(final FlowKey key, final long nowNs) {
        return new FlowReport.OfProcessor(blade.node().accounts().find(key, nowNs));
    }

    @Override
    public SessionLister sessions() {
        return new ProcessorFlows(blade.node().accounts(), blade.node().self());
    }

    @Override
    public Optional<BucketTableUpdate> buckets() {
        return Optional.empty();
    }

    @Override
    public SteeringRule rule() {
        return blade.node().rule();
    }

    @Override
    public boolean isRuleSettled() {
        return true;
    }

    @Override
    public boolean changeRule(final DesiredRule desired, final long nowNs) {
        return false;
    }

    @Override
    public int[] descriptors() {
        return blade.descriptors();
    }

    @Override
    public String summary() {
        final BladeCounters counters = blade.node().counters();
        return "delivered="
                + counters.delivered()
                + " live_flows="
                + counters.liveFlows()
                + " malformed="
                + counters.malformedDatagrams()
                + " refused_full="
                + counters.refusedFull()
                + " verdicts="
                + counters.verdicts()
                + blade.summary()
                + (durable == null ? "" : " " + durable.counters());
    }

    @Override
    public void close() {
        if (durable != null) {
            durable.close();
        }
        blade.close();
    }
}
