package io.boomerang.redirector.steering;

import io.boomerang.announce.BucketTableUpdate;
import io.boomerang.announce.EpochInstalled;
import io.boomerang.cluster.ControlSender;
import io.boomerang.cluster.Member;
import io.boomerang.flow.Side;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The allocator's part of a redirector: gives the buckets to the live blades by weight and sees to
/// it that every redirector steers by the newest table. Idle on all redirectors but one. Used by
/// the redirector's thread only.
final class BucketCoordinator {
    static final int DEFAULT_WEIGHT = 100;
    private static final long RESEND_NS = 100_000_000L;

    /// How often the others tell the allocator which table they steer by.
    static final long REPORT_NS = 1_000_000_000L;

    private final int self;
    private final EpochMaker epochs;
    private final int bucketCount;
    private final ControlSender control;
    private final SortedMap<Integer, Integer> administered = new TreeMap<>();
    private final BitSet outstanding = new BitSet();

    private SortedMap<Integer, Integer> allocated = new TreeMap<>();
    private @Nullable BucketTable published;
    private long sentNs;

    BucketCoordinator(final Member self, final int bucketCount, final ControlSender control) {
        this.self = self.node();
        this.epochs = new EpochMaker(self);
        this.bucketCount = bucketCount;
        this.control = control;
    }

    /// Sets a blade's weight; 0 drains it: it keeps its flows and gets no new ones.
    void setWeight(final int blade, final int weight) {
        administered.put(blade, weight);
    }

    /// The blades that get new flows, but for one of them; in ascending order.
    List<Integer> takers(final ChassisMap chassis, final int exception) {
        final List<Integer> takers = new ArrayList<>();
        for (final int blade : chassis.blades()) {
            if (blade != exception && administered.getOrDefault(blade, DEFAULT_WEIGHT) > 0) {
                takers.add(blade);
            }
        }
        return takers;
    }

    /// Allocates anew when blades or weights have changed since `current`, and answers the table to
    /// steer by, null when nothing changed. Does nothing on a redirector that is not the allocator.
    @Nullable BucketTable reallocate(
            final ChassisMap chassis, final @Nullable BucketTable current, final long nowNs) {
        if (chassis.allocator() != self) {
            published = null;
            outstanding.clear();
            return null;
        }
        final SortedMap<Integer, Integer> weights = new TreeMap<>();
        for (final int blade : chassis.blades()) {
            weights.put(blade, administered.getOrDefault(blade, DEFAULT_WEIGHT));
        }
        if (published != null && weights.equals(allocated)) {
            publish(published, chassis, nowNs);
            return null;
        }
        final BucketTable wanted = BucketAllocator.allocate(current, shares(weights), bucketCount);
        // Weights are told with the table: other weights need another epoch, even when no bucket
        // moves.
        final BucketTable table =
                current != null && published == null && current.allocatesAs(wanted)
                        ? current
                        : wanted.withEpoch(epochs.after(current == null ? 0 : current.epoch()));
        allocated = weights;
        published = table;
        publish(table, chassis, nowNs);
        return table == current ? null : table;
    }

    /// When all blades drain, somebody has to take new flows. A bucket without a blade would tell
    /// those who join later that it never had a flow.
    private static SortedMap<Integer, Integer> shares(final SortedMap<Integer, Integer> weights) {
        if (weights.values().stream().anyMatch(weight -> weight > 0)) {
            return weights;
        }
        final SortedMap<Integer, Integer> equal = new TreeMap<>();
        weights.keySet().forEach(blade -> equal.put(blade, DEFAULT_WEIGHT));
        return equal;
    }

    /// Another redirector has published a newer table: what it knew about weights stands, and this
    /// one, should it be the allocator, goes on from there.
    void onTable(final BucketTableUpdate update) {
        administered.clear();
        administered.putAll(update.weightByBlade());
        published = null;
    }

    /// What an older table's author has to be told.
    BucketTableUpdate describe(final BucketTable table) {
        return table.toUpdate(administered);
    }

    private void publish(final BucketTable table, final ChassisMap chassis, final long nowNs) {
        outstanding.clear();
        for (final Side side : Side.values()) {
            for (final int redirector : chassis.redirectors(side)) {
                if (redirector != self) {
                    outstanding.set(redirector);
                    control.send(redirector, describe(table));
                }
            }
        }
        sentNs = nowNs;
    }

    /// A redirector steers by the table of this epoch. By an older one: it is told the newest. By a
    /// newer one, because the allocator did not see its author: it is told the older one, to which
    /// it answers with the newer.
    void onInstalled(final int redirector, final long epoch) {
        final BucketTable newest = published;
        if (newest == null) {
            return;
        }
        if (newest.epoch() == epoch) {
            outstanding.clear(redirector);
        } else if (!outstanding.get(redirector)) {
            outstanding.set(redirector);
            control.send(redirector, describe(newest));
        }
    }

    /// True when every redirector steers by the published table.
    boolean isSettled() {
        return outstanding.isEmpty();
    }

    /// @param inUse the table that this redirector steers by
    int onTimer(final ChassisMap chassis, final BucketTable inUse, final long nowNs) {
        final int allocator = chassis.allocator();
        if (allocator != self && allocator != 0) {
            return report(allocator, inUse, nowNs);
        }
        if (published == null || outstanding.isEmpty() || nowNs - sentNs < RESEND_NS) {
            return 0;
        }
        for (int redirector = outstanding.nextSetBit(0);
                redirector >= 0;
                redirector = outstanding.nextSetBit(redirector + 1)) {
            control.send(redirector, describe(published));
        }
        sentNs = nowNs;
        return 1;
    }

    private int report(final int allocator, final BucketTable inUse, final long nowNs) {
        if (nowNs - sentNs < REPORT_NS) {
            return 0;
        }
        control.send(allocator, new EpochInstalled(inUse.epoch()));
        sentNs = nowNs;
        return 1;
    }
}
