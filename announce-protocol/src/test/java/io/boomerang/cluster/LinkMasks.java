package io.boomerang.cluster;

/// Sets of the twelve directed links of four nodes, as the bits of a mask, and what follows from
/// them; shares nothing with what it judges.
final class LinkMasks {
    static final int NODES = 4;
    static final int LINKS = NODES * (NODES - 1);
    static final int ALL_BROKEN = 1 << LINKS;

    static final int UNREACHABLE = 99;

    private LinkMasks() {}

    /// Whether a mask breaks the link from one node to another, 0 to 3.
    static boolean isBroken(final int mask, final int from, final int to) {
        final int link = from * (NODES - 1) + (to < from ? to : to - 1);
        return (mask & 1 << link) != 0;
    }

    /// The mask that breaks both directions of the pairs in this set: of six bits, as (0, 1), (0,
    /// 2), (0, 3), (1, 2), (1, 3), (2, 3).
    static int bothWays(final int pairs) {
        int mask = 0;
        int pair = 0;
        for (int one = 0; one < NODES; one++) {
            for (int other = one + 1; other < NODES; other++) {
                if ((pairs & 1 << pair) != 0) {
                    mask |= 1 << one * (NODES - 1) + other - 1 | 1 << other * (NODES - 1) + one;
                }
                pair++;
            }
        }
        return mask;
    }

    /// How many links are on the shortest way from each node to each (Floyd, 1962).
    static int[][] distances(final int mask) {
        final int[][] distances = new int[NODES][NODES];
        for (int from = 0; from < NODES; from++) {
            for (int to = 0; to < NODES; to++) {
                distances[from][to] = from == to ? 0 : isBroken(mask, from, to) ? UNREACHABLE : 1;
            }
        }
        for (int over = 0; over < NODES; over++) {
            for (int from = 0; from < NODES; from++) {
                for (int to = 0; to < NODES; to++) {
                    distances[from][to] =
                            Math.min(
                                    distances[from][to],
                                    distances[from][over] + distances[over][to]);
                }
            }
        }
        return distances;
    }

    /// Whether some way leads from every node to every other one.
    static boolean isOneChassis(final int mask) {
        for (final int[] row : distances(mask)) {
            for (final int distance : row) {
                if (distance >= UNREACHABLE) {
                    return false;
                }
            }
        }
        return true;
    }

    static String text(final int mask) {
        final StringBuilder text = new StringBuilder("broken:");
        for (int from = 0; from < NODES; from++) {
            for (int to = 0; to < NODES; to++) {
                if (from != to && isBroken(mask, from, to)) {
                    text.append(' ').append(from + 1).append("->").append(to + 1);
                }
            }
        }
        return text.toString();
    }
}
