package io.boomerang.sim.churn;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Which servers are up, and for the how manieth time. Servers have numbers from 1.
final class ServerPool {
    private final int[] incarnations;
    private final boolean[] isUp;
    private int up;

    ServerPool(final int servers) {
        incarnations = new int[servers + 1];
        isUp = new boolean[servers + 1];
        Arrays.fill(isUp, 1, servers + 1, true);
        Arrays.fill(incarnations, 1);
        up = servers;
    }

    int size() {
        return isUp.length - 1;
    }

    int countUp() {
        return up;
    }

    /// Those that are up, ascending.
    int[] listUp() {
        return IntStream.range(1, isUp.length).filter(server -> isUp[server]).toArray();
    }

    int anyUp(final SplittableRandom random) {
        int server = random.nextInt(1, isUp.length);
        while (!isUp[server]) {
            server = random.nextInt(1, isUp.length);
        }
        return server;
    }

    void takeDown(final int server) {
        isUp[server] = false;
        up--;
    }

    void bringUp(final int server) {
        isUp[server] = true;
        incarnations[server]++;
        up++;
    }

    int incarnation(final int server) {
        return incarnations[server];
    }

    /// Whether the server has been up without a break since it was in this incarnation.
    boolean isStillUp(final int server, final int incarnation) {
        return isUp[server] && incarnations[server] == incarnation;
    }
}
