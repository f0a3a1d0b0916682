package io.boomerang.sim.churn;

import io.boomerang.announce.SelectionPolicy;
import io.boomerang.flow.FlowHash;
import io.boomerang.flow.FlowKey;
import io.boomerang.redirector.steering.BladeSelector;
import io.boomerang.redirector.steering.BucketAllocator;
import io.boomerang.redirector.steering.BucketTable;

import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// How evenly new flows are spread over servers that all stay: how many connections the busiest
/// server has above the mean, averaged over the time after a warm-up.
public final class FlowImbalance {
    private static final int BUCKETS = 65_536;

    /// Means of the duration that pass before and during the measurement.
    private static final double WARM_UP = 5;

    private static final double MEASURED = 5;
    private static final int SAMPLES = 200;

    private FlowImbalance() {}

    /// Who gets the next connection.
    public enum Choice {
        HASH,
        ROUND_ROBIN,
        POWER_OF_TWO,
        LEAST_LOADED
    }

    private record Ending(double seconds, int server) {}

    /// How far the busiest server is above the mean, 0.25 for a quarter.
    public static double measure(final ChurnPlan plan, final Choice choice) {
        final SplittableRandom random = new SplittableRandom(plan.seed());
        final FlowHash flowHash = new FlowHash(random.nextLong(), random.nextLong());
        final int[] servers = IntStream.rangeClosed(1, plan.servers()).toArray();
        final TreeMap<Integer, Integer> weights = new TreeMap<>();
        Arrays.stream(servers).forEach(server -> weights.put(server, 1));
        final BucketTable buckets = BucketAllocator.allocate(null, weights, BUCKETS);
        final BladeSelector selector = new BladeSelector(policy(choice));
        final int[] load = new int[plan.servers() + 1];
        final PriorityQueue<Ending> endings =
                new PriorityQueue<>(Comparator.comparingDouble(Ending::seconds));
        final FlowKey key = new FlowKey();
        final double mean = plan.durations().mean();
        final Distribution gaps = Distribution.exponential(mean / plan.connections());
        final double step = MEASURED * mean / SAMPLES;
        double sampleAt = WARM_UP * mean;
        double sum = 0;
        int samples = 0;
        double now = 0;
        for (int connection = 0; samples < SAMPLES; connection++) {
            now += gaps.seconds(random.nextDouble());
            for (Ending next = endings.peek();
                    next != null && next.seconds <= now;
                    next = endings.peek()) {
                endings.remove();
                load[next.server]--;
            }
            if (now >= sampleAt) {
                sum += aboveMean(load, endings.size(), plan.servers());
                samples++;
                sampleAt += step;
            }
            final int server =
                    choice == Choice.ROUND_ROBIN
                            ? servers[connection % servers.length]
                            : selector.select(
                                    SessionBalancer.hash(flowHash, key, connection),
                                    buckets,
                                    servers,
                                    servers.length,
                                    at -> load[at]);
            load[server]++;
            endings.add(new Ending(now + plan.durations().seconds(random.nextDouble()), server));
        }
        return sum / samples;
    }

    private static SelectionPolicy policy(final Choice choice) {
        return switch (choice) {
            case HASH, ROUND_ROBIN -> SelectionPolicy.BUCKETS;
            case POWER_OF_TWO -> SelectionPolicy.POWER_OF_TWO;
            case LEAST_LOADED -> SelectionPolicy.LEAST_LOADED;
        };
    }

    private static double aboveMean(final int[] load, final int connections, final int servers) {
        return (double) Arrays.stream(load).max().orElse(0) * servers / connections - 1;
    }
}
