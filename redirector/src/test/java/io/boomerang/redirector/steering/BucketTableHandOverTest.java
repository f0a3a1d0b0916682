package io.boomerang.redirector.steering;

import static io.boomerang.redirector.steering.Rig.BLADE_1;
import static io.boomerang.redirector.steering.Rig.BLADE_2;
import static io.boomerang.redirector.steering.Rig.EGRESS;
import static io.boomerang.redirector.steering.Rig.INGRESS;
import static io.boomerang.redirector.steering.Rig.INGRESS_2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.BucketTableUpdate;
import io.boomerang.announce.EpochInstalled;
import io.boomerang.announce.SelectionPolicy;
import io.boomerang.cluster.ClusterParameters;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// How the bucket table comes from the allocator to the others, and to the next allocator.
class BucketTableHandOverTest {
    /// One that starts anew and has the smallest id allocates from then on.
    @Test
    void shouldGoOnFromTheTableAndTheWeightsOfTheAllocatorBefore() {
        try (Rig rig = oneEach(SelectionPolicy.BUCKETS)) {
            rig.redirector(INGRESS).setWeight(BLADE_1, 0, rig.nowNs);
            final BucketTableUpdate before = rig.lastTableTo(EGRESS);
            rig.say(EGRESS, INGRESS, new EpochInstalled(before.epoch()));

            rig.startAnew(INGRESS);
            assertFalse(rig.redirector(INGRESS).isAllocationSettled());
            rig.say(EGRESS, INGRESS, before);

            final BucketTableUpdate after = rig.lastTableTo(EGRESS);
            assertEquals(before, after);
            rig.say(EGRESS, INGRESS, new EpochInstalled(after.epoch()));
            assertTrue(rig.redirector(INGRESS).isAllocationSettled());
        }
    }

    @Test
    void shouldTellWhoReportsAnotherTableTheNewestAndReportItsOwn() {
        try (Rig rig = oneEach(SelectionPolicy.BUCKETS)) {
            final BucketTableUpdate newest = rig.lastTableTo(EGRESS);
            rig.say(EGRESS, INGRESS, new EpochInstalled(newest.epoch()));
            rig.said.clear();

            rig.say(EGRESS, INGRESS, new EpochInstalled(newest.epoch() - 1));
            assertEquals(newest, rig.lastTableTo(EGRESS));
        }
        try (Rig rig =
                new Rig(SelectionPolicy.BUCKETS, List.of(EGRESS), INGRESS, EGRESS, BLADE_1)) {
            rig.said.clear();
            rig.pass(1_000);

            assertEquals(List.of(new Rig.Said(EGRESS, INGRESS, new EpochInstalled(0))), rig.said);
        }
    }

    @Test
    void shouldTellTheAuthorOfAnOldTableWhichOneIsNewer() {
        try (Rig rig = oneEach(SelectionPolicy.BUCKETS)) {
            final BucketTableUpdate newest = rig.lastTableTo(EGRESS);
            rig.said.clear();

            rig.say(
                    EGRESS,
                    INGRESS,
                    new BucketTableUpdate(
                            newest.epoch() - 1, newest.bladeByBucket(), new TreeMap<>()));

            assertEquals(newest, rig.lastTableTo(EGRESS));
        }
    }

    /// It has lost its only table, and blades have changed since: what it makes is another one, and
    /// the others must not take it for the one they have.
    @Test
    void shouldNotUseAnEpochAgainAfterItStartedAnew() {
        try (Rig rig = oneEach(SelectionPolicy.BUCKETS)) {
            rig.startAnew(INGRESS);
            final BucketTableUpdate before = rig.lastTableTo(EGRESS);
            rig.said.clear();

            rig.startAnew(INGRESS, BLADE_2);

            final BucketTableUpdate after = rig.lastTableTo(EGRESS);
            assertTrue(after.epoch() > before.epoch(), () -> before + " and " + after);
            assertNotEquals(before, after);
        }
    }

    /// The others already steer by it.
    @Test
    void shouldLetNewFlowsWaitUntilItHasTheTable() {
        try (Rig rig =
                new Rig(
                        SelectionPolicy.BUCKETS,
                        List.of(INGRESS_2),
                        INGRESS,
                        INGRESS_2,
                        EGRESS,
                        BLADE_1,
                        BLADE_2)) {
            rig.frame(INGRESS_2, 1, ownFlow());
            rig.answerAllTwice();
            assertTrue(rig.arrived.stream().noneMatch(one -> one.node() >= BLADE_1));

            final short[] blades = new short[ClusterParameters.DEFAULTS.bucketCount()];
            Arrays.fill(blades, (short) BLADE_2);
            rig.say(INGRESS, INGRESS_2, new BucketTableUpdate(1_025, blades, new TreeMap<>()));
            rig.pass(TimeUnit.NANOSECONDS.toMillis(2 * StateQueries.FIRST_REPEAT_NS));
            rig.answerAll();

            assertEquals(BLADE_2, rig.lastArrived().node());
        }
    }

    /// The first datagram of a flow that the second ingress redirector owns.
    private static MemorySegment ownFlow() {
        int port = 1_000;
        MemorySegment frame;
        do {
            frame = Frames.udp(1, ++port, 2, 53);
        } while (Rig.owner(Rig.key(frame), INGRESS, INGRESS_2) == INGRESS);
        return frame;
    }

    @Test
    void shouldLeaveNoBucketWithoutABladeWhenAllDrain() {
        try (Rig rig = oneEach(SelectionPolicy.BUCKETS)) {
            rig.redirector(INGRESS).setWeight(BLADE_1, 0, rig.nowNs);
            rig.redirector(INGRESS).setWeight(BLADE_2, 0, rig.nowNs);

            final short[] blades = rig.lastTableTo(EGRESS).bladeByBucket();
            final int[] counts = new int[BLADE_2 + 1];
            for (final short blade : blades) {
                counts[blade]++;
            }
            assertEquals(blades.length, counts[BLADE_1] + counts[BLADE_2]);
            assertEquals(counts[BLADE_1], counts[BLADE_2]);
            assertEquals(Map.of(BLADE_1, 0, BLADE_2, 0), rig.lastTableTo(EGRESS).weightByBlade());
        }
    }

    @Test
    void shouldTellOthersOfWeightsThatMoveNoBucket() {
        try (Rig rig =
                new Rig(SelectionPolicy.BUCKETS, List.of(INGRESS), INGRESS, EGRESS, BLADE_1)) {
            final BucketTableUpdate before = rig.lastTableTo(EGRESS);

            rig.redirector(INGRESS).setWeight(BLADE_1, 300, rig.nowNs);

            final BucketTableUpdate after = rig.lastTableTo(EGRESS);
            assertTrue(after.epoch() > before.epoch());
            assertEquals(Map.of(BLADE_1, 300), after.weightByBlade());
        }
    }

    private static Rig oneEach(final SelectionPolicy policy) {
        return new Rig(policy, List.of(INGRESS), INGRESS, EGRESS, BLADE_1, BLADE_2);
    }
}
