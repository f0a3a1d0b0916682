package io.boomerang.node;

import io.boomerang.announce.BucketTableUpdate;
import io.boomerang.announce.ControlMessage;
import io.boomerang.announce.DesiredRule;
import io.boomerang.announce.DesiredWeight;
import io.boomerang.announce.SteeringRule;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.ControlSender;
import io.boomerang.cluster.Member;
import io.boomerang.cluster.Member.Role;
import io.boomerang.flow.FlowKey;
import io.boomerang.node.admin.FlowReport;
import io.boomerang.node.admin.Measurements;
import io.boomerang.node.config.ChassisConfig;
import io.boomerang.node.store.DurableRedirector;
import io.boomerang.node.store.DurableSessions;
import io.boomerang.node.store.NodeStore;
import io.boomerang.node.store.RestoredNode;
import io.boomerang.port.FrameBurst;
import io.boomerang.port.PacketPort;
import io.boomerang.redirector.mtu.PacketFit;
import io.boomerang.redirector.steering.Redirector;
import io.boomerang.redirector.steering.RedirectorCounters;
import io.boomerang.redirector.steering.SteeringObserver;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/// A redirector with the interface to its outside network.
///
/// Draining, it goes on as before: the network sends here until the link is down, and sessions are
/// with their owners and blades anyhow.
final class RedirectorMachine implements NodeMachine {
    private static final int BURST = 256;
    private static final long LONGEST_SILENCE_NS = TimeUnit.SECONDS.toNanos(5);
    private static final Logger LOG = LogManager.getLogger(RedirectorMachine.class);

    private final ChassisConfig config;
    private final PacketPort outside;
    private final OutsideLink link;
    private final PacketFit fit;
    private final boolean fits;
    private final FrameMeter meter;
    private final Redirector redirector;
    private final FrameBurst burst = new FrameBurst(BURST);
    private @Nullable DurableSessions durable;
    private boolean draining;
    private boolean isAlone;
    private final Set<Integer> unheard;
    private int[] blades = {};
    private long toldEpoch;
    private long firstTableNs;

    RedirectorMachine(
            final ChassisConfig config,
            final Member self,
            final PacketPort outside,
            final OutsideLink link,
            final PacketFit fit,
            final FrameMeter meter,
            final ControlSender control) {
        this.config = config;
        this.outside = outside;
        this.link = link;
        this.fit = fit;
        this.meter = meter;
        fits = !fit.isNeeded();
        unheard = config.nodesWithoutNewFlows();
        redirector =
                new Redirector(
                        config.redirector(),
                        config.parameters(),
                        self,
                        meter,
                        control,
                        this::emit,
                        SteeringObserver.NONE);
        redirector.sessions().populate();
    }

    private boolean emit(final MemorySegment frame, final long offset, final int length) {
        final boolean taken = outside.transmit(frame, offset, length);
        if (taken) {
            meter.onOutsideOut(frame, offset, length);
        }
        return taken;
    }

    @Override
    public RestoredNode keep(final NodeStore store, final long nowNs) {
        final DurableSessions kept = DurableRedirector.keep(store, redirector, nowNs);
        durable = kept;
        return kept.restored();
    }

    @Override
    public int receive(final long nowNs) {
        final int received = outside.receive(burst);
        for (int i = 0; i < received; i++) {
            final MemorySegment frame = burst.segment(i);
            final long offset = burst.offset(i);
            final int length = burst.length(i);
            meter.onOutsideIn(frame, offset, length);
            if (fits || fit.admit(frame, offset, length, nowNs)) {
                redirector.onFrame(frame, offset, length, 0, nowNs);
            }
        }
        return received;
    }

    @Override
    public void onDatagram(
            final int fromNode,
            final MemorySegment datagram,
            final long offset,
            final int length,
            final long nowNs) {
        redirector.onDatagram(fromNode, datagram, offset, length, nowNs);
    }

    @Override
    public void onMessage(final int fromNode, final ControlMessage message, final long nowNs) {
        redirector.onMessage(fromNode, message, nowNs);
    }

    @Override
    public void onView(final ClusterView view, final ControlSender control, final long nowNs) {
        final Role own = redirector.self().role();
        isAlone = view.members().stream().filter(member -> member.role() == own).count() == 1;
        blades =
                view.members().stream()
                        .filter(member -> member.role() == Role.BLADE)
                        .mapToInt(Member::node)
                        .toArray();
        redirector.onView(view, nowNs);
        tellOfHosts(nowNs);
    }

    /// Blades that open no flows say so as soon as they can; those that are met for the first time
    /// may not have said it yet.
    private void tellOfHosts(final long nowNs) {
        for (final int blade : blades) {
            if (unheard.remove(blade)) {
                redirector.onMessage(blade, new DesiredWeight(0, false), nowNs);
            }
        }
    }

    @Override
    public void onPause(final long nowNs) {
        redirector.onPause(nowNs);
    }

    @Override
    public int onTimer(final ControlSender control, final long nowNs) {
        if (durable != null) {
            durable.onTimer(nowNs);
        }
        serve(nowNs);
        tellOfTable();
        return redirector.onTimer(nowNs);
    }

    /// The link comes up when the others take what comes from here, and blades are known. One that
    /// keeps silent does not hold up the rest for long.
    private void serve(final long nowNs) {
        if (link.serves() || redirector.epoch() == 0) {
            return;
        }
        if (toldEpoch == 0) {
            firstTableNs = nowNs;
        }
        if (redirector.isKnownToAll() || nowNs - firstTableNs >= LONGEST_SILENCE_NS) {
            link.serve();
        }
    }

    /// Operators read in the log which blades have new flows from when on.
    private void tellOfTable() {
        if (redirector.epoch() != toldEpoch) {
            toldEpoch = redirector.epoch();
            LOG.info(
                    "node={} epoch={} buckets={}",
                    redirector.self().name(),
                    toldEpoch,
                    bucketsByBlade());
        }
    }

    private SortedMap<String, Integer> bucketsByBlade() {
        final SortedMap<String, Integer> buckets = new TreeMap<>();
        for (final short blade : redirector.buckets().bladeByBucket()) {
            if (blade != 0) {
                buckets.merge(config.nodeName(Short.toUnsignedInt(blade)), 1, Integer::sum);
            }
        }
        return buckets;
    }

    @Override
    public void flush() {
        outside.flush();
    }

    @Override
    public void shut() {
        link.end();
    }

    @Override
    public void drain(final ControlSender control, final long nowNs) {
        draining = true;
    }

    @Override
    public boolean isDrained() {
        return redirector.isIdle();
    }

    @Override
    public int weight() {
        return 0;
    }

    @Override
    public boolean weigh(
            final int newWeight,
            final boolean newMoves,
            final ControlSender control,
            final long nowNs) {
        return false;
    }

    @Override
    public boolean isServing() {
        return link.serves();
    }

    @Override
    public boolean isDraining() {
        return draining;
    }

    @Override
    public void measure(final Measurements into, final IntFunction<String> name, final long nowNs) {
        RedirectorMeasurements.add(into, redirector, blades, isAlone, name);
        RedirectorMeasurements.add(into, outside.counters());
    }

    @Override
    public FlowReport explain(final FlowKey key, final long nowNs) {
        return new FlowReport.OfRedirector(redirector.explain(key, nowNs));
    }

    @Override
    public SessionLister sessions() {
        return new RedirectorSessions(redirector.sessions());
    }

    @Override
    public Optional<BucketTableUpdate> buckets() {
        return Optional.of(redirector.buckets());
    }

    @Override
    public SteeringRule rule() {
        return redirector.rule();
    }

    @Override
    public boolean isRuleSettled() {
        return redirector.isRuleSettled();
    }

    @Override
    public boolean changeRule(final DesiredRule desired, final long nowNs) {
        redirector.changeRule(desired, nowNs);
        return true;
    }

    @Override
    public int[] descriptors() {
        return outside.descriptors();
    }

    @Override
    public String summary() {
        final RedirectorCounters counters = redirector.counters();
        final StringBuilder text = new StringBuilder();
        counters.snapshot()
                .forEach((name, count) -> {
                    if (count != 0) {
                        text.append(name.replace('-', '_')).append('=').append(count).append(' ');
                    }
                });
        if (!fits) {
            text.append("mss_clamped=").append(fit.clamped());
            text.append(" too_big_replied=").append(fit.replied());
            text.append(" too_big_unanswered=").append(fit.unanswered()).append(' ');
        }
        return text
                + "port="
                + outside.counters()
                + (durable == null ? "" : " " + durable.counters());
    }

    @Override
    public void close() {
        shut();
        if (durable != null) {
            durable.close();
        }
        redirector.close();
        fit.close();
        outside.close();
    }
}
