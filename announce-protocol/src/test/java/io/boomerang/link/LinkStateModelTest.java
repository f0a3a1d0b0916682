package io.boomerang.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.Seeds;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;

/// Link states of up to eight nodes over links that break and mend at random, against a search over
/// the links as they are.
class LinkStateModelTest {
    private static final int MAX_NODE = 1_023;
    private static final int CHANGES = 10;

    /// A link that is silent is noticed, then the news of it crosses up to seven more links.
    private static final int ENOUGH_TICKS = LinkState.NEWS_TICKS + 8 * LinkState.TICKS_PER_INTERVAL;

    static LongStream seeds() {
        return Seeds.seeds();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldKnowTheShortestWayToEveryNodeThatHasAWayBack(final long seed) {
        final RandomGenerator random = Seeds.random(seed);
        final Network network = new Network(random, 2 + random.nextInt(7));

        for (int change = 0; change < CHANGES; change++) {
            network.change(random);
            network.pass(ENOUGH_TICKS);
            network.check("seed " + seed + ", change " + change);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldNeverTakeAFrameRoundForeverWhileLinksChange(final long seed) {
        final RandomGenerator random = Seeds.random(seed);
        final Network network = new Network(random, 3 + random.nextInt(6));

        for (int change = 0; change < 10 * CHANGES; change++) {
            network.change(random);
            network.pass(random.nextInt(6));
        }
        network.pass(ENOUGH_TICKS);
        network.check("seed " + seed);
    }

    private static final class Network {
        private final int[] ids;
        private final int[] incarnations;
        private final LinkState[] nodes;
        private final boolean[][] works;
        private final MemorySegment segment = MemorySegment.ofArray(new byte[1_300]);

        Network(final RandomGenerator random, final int count) {
            ids = random.ints(1, MAX_NODE + 1).distinct().limit(count).sorted().toArray();
            incarnations = new int[count];
            Arrays.fill(incarnations, 1);
            nodes = new LinkState[count];
            works = new boolean[count][count];
            for (int i = 0; i < count; i++) {
                nodes[i] = new LinkState(ids[i], 1, MAX_NODE);
                nodes[i].onMembers(ids, incarnations);
                Arrays.fill(works[i], true);
            }
        }

        void change(final RandomGenerator random) {
            if (random.nextInt(4) == 0) {
                final int density = random.nextInt(101);
                for (final boolean[] row : works) {
                    for (int to = 0; to < row.length; to++) {
                        row[to] = random.nextInt(100) < density;
                    }
                }
            } else {
                for (int i = 0; i <= random.nextInt(4); i++) {
                    final int from = random.nextInt(ids.length);
                    final int to = random.nextInt(ids.length);
                    works[from][to] = !works[from][to];
                }
            }
            final int node = random.nextInt(ids.length);
            if (random.nextInt(8) == 0) {
                restart(node);
            }
        }

        private void restart(final int node) {
            incarnations[node]++;
            nodes[node] = new LinkState(ids[node], incarnations[node], MAX_NODE);
            for (final LinkState other : nodes) {
                other.onMembers(ids, incarnations);
            }
        }

        void pass(final int ticks) {
            for (int i = 0; i < ticks; i++) {
                for (int from = 0; from < nodes.length; from++) {
                    nodes[from].tick();
                    if (nodes[from].isHelloDue()) {
                        sayHello(from);
                    }
                }
            }
        }

        private void sayHello(final int from) {
            for (int to = 0; to < nodes.length; to++) {
                if (to != from && works[from][to]) {
                    final int length = nodes[from].writeHello(ids[to], segment, 8);
                    assertTrue(length <= HelloCodec.MAX_BYTES);
                    nodes[to].onHeard(ids[from]);
                    assertTrue(nodes[to].readHello(ids[from], segment, 8, length));
                }
            }
        }

        void check(final String where) {
            final int[][] distances = new int[ids.length][];
            for (int from = 0; from < ids.length; from++) {
                distances[from] = distancesFrom(from);
            }
            for (int from = 0; from < ids.length; from++) {
                for (int to = 0; to < ids.length; to++) {
                    final boolean bothWays = distances[from][to] >= 0 && distances[to][from] >= 0;
                    final String pair = where + ": " + ids[from] + " to " + ids[to];
                    assertEquals(bothWays ? distances[from][to] : -1, linksCrossed(from, to), pair);
                }
            }
        }

        private int[] distancesFrom(final int start) {
            final int[] distances = new int[ids.length];
            Arrays.fill(distances, -1);
            distances[start] = 0;
            final Deque<Integer> open = new ArrayDeque<>(List.of(start));
            while (!open.isEmpty()) {
                final int node = open.remove();
                for (int next = 0; next < ids.length; next++) {
                    if (works[node][next] && distances[next] < 0) {
                        distances[next] = distances[node] + 1;
                        open.add(next);
                    }
                }
            }
            return distances;
        }

        /// By the nodes' own tables; -1 when there is no way.
        private int linksCrossed(final int from, final int to) {
            final List<Integer> way = new ArrayList<>();
            int at = from;
            while (at != to) {
                final int next = nodes[at].nextHop(ids[to]);
                if (next == 0) {
                    return -1;
                }
                final int nextAt = Arrays.binarySearch(ids, next);
                assertTrue(works[at][nextAt], () -> "a broken link on the way " + way);
                at = nextAt;
                way.add(next);
                assertEquals(1, Collections.frequency(way, next), () -> "a loop: " + way);
            }
            return way.size();
        }
    }
}
