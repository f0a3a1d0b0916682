package io.boomerang.sim.replay;

import java.util.ArrayList;
import java.util.List;

/// Which promises a replay saw broken, in a user's words.
final class Promises {
    private final List<String> broken = new ArrayList<>();

    /// Says `text` with the count in front, unless it is 0.
    void require(final String promise, final long violations, final String text) {
        if (violations > 0) {
            broken.add(promise + ": " + violations + " " + text);
        }
    }

    List<String> broken() {
        return List.copyOf(broken);
    }
}
