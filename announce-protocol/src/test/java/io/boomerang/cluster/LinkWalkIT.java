package io.boomerang.cluster;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.Seeds;
import io.boomerang.cluster.key.KeyHolder;
import io.boomerang.cluster.key.TestKeys;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Four members of a chassis whose links break and mend, with the protocols, sockets and times of
/// real hosts.
///
/// Walks the sets of links that are broken in both directions, and some of the 4,096 sets of those
/// broken in one; with `-Dlinks=all` all of these.
class LinkWalkIT {
    private static final int PAIRS = LinkMasks.NODES * (LinkMasks.NODES - 1) / 2;
    private static final int ONE_WAY_SETS = 20;

    /// With every so many-th set messages are sent before anybody can know that links are broken;
    /// JGroups takes seconds to send those again.
    private static final int UNNOTICED = 8;

    /// Node 1 alone; 1 and 2 apart from 3 and 4; nobody hears node 4; everyone alone.
    private static final List<Integer> DIVIDED =
            List.of(
                    LinkMasks.bothWays(0b000111),
                    LinkMasks.bothWays(0b011110),
                    1 << 2 | 1 << 5 | 1 << 8,
                    LinkMasks.ALL_BROKEN - 1);

    @Test
    void shouldKeepOneViewWhileAWayIsLeftBetweenAllMembers() throws Exception {
        final IntStream sets = IntStream.range(0, 1 << PAIRS).map(LinkMasks::bothWays);

        walk(sets.filter(LinkMasks::isOneChassis), null);
    }

    @Test
    void shouldKeepOneViewWhileLinksAreBrokenInOneDirection() throws Exception {
        final long seed = Seeds.seeds().findFirst().orElseThrow();
        final RandomGenerator random = Seeds.random(seed);
        final IntStream all = IntStream.range(0, LinkMasks.ALL_BROKEN);
        final IntStream some =
                random.ints(0, LinkMasks.ALL_BROKEN)
                        .filter(LinkMasks::isOneChassis)
                        .limit(ONE_WAY_SETS);

        walk(
                "all".equals(System.getProperty("links"))
                        ? all.filter(LinkMasks::isOneChassis)
                        : some,
                KeyHolder.of(TestKeys.key(0)));
    }

    private static void walk(final IntStream masks, final @Nullable KeyHolder key)
            throws Exception {
        try (WalkedChassis chassis = new WalkedChassis(key)) {
            final List<String> views = chassis.views();
            int set = 0;
            for (final int mask : masks.toArray()) {
                chassis.breakLinks(mask);
                if (set++ % UNNOTICED != 0) {
                    chassis.awaitNoticed(mask);
                }
                chassis.exchange(LinkMasks.text(mask));
                chassis.assertViews(views, LinkMasks.text(mask));
            }
            assertTrue(chassis.sentByRelay() > 0);
        }
    }

    @Test
    void shouldAgreeAgainAfterLinksWithoutWhichThereWasNoWay() throws Exception {
        DIVIDED.forEach(mask -> assertFalse(LinkMasks.isOneChassis(mask)));
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            final List<Future<?>> runs =
                    DIVIDED.stream()
                            .<Future<?>>map(mask -> threads.submit(() -> divide(mask)))
                            .toList();
            for (final Future<?> run : runs) {
                run.get();
            }
        }
    }

    private static Void divide(final int mask) throws Exception {
        final String where = LinkMasks.text(mask);
        try (WalkedChassis chassis = new WalkedChassis(null)) {
            chassis.breakLinks(mask);
            chassis.awaitDivision(where);
            chassis.breakLinks(0);
            chassis.awaitOneView(where);
            chassis.exchange(where);
        }
        return null;
    }
}
