package io.boomerang.sim.chaos;

import io.boomerang.sim.chassis.Chassis;
import io.boomerang.sim.chassis.Remains;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/// What nodes find on their disks when they start again. As a rule that is what they had when they
/// died; sometimes it is of an earlier moment, as when a copy was put back, and sometimes a part of
/// it is damaged. One thread.
final class Disks {
    private static final int KINDS = 4;

    private final Chassis chassis;
    private final SplittableRandom random;
    private final Map<String, Remains> earlier = new HashMap<>();

    Disks(final Chassis chassis, final long seed) {
        this.chassis = chassis;
        random = new SplittableRandom(seed);
    }

    /// Keeps a copy of all disks, as they are.
    void copyAll() {
        for (final String name : chassis.nodeNames()) {
            earlier.put(name, chassis.remains(name));
        }
    }

    /// What a node that dies now will find.
    Remains of(final String name) {
        final Remains now = chassis.remains(name);
        return switch (random.nextInt(KINDS)) {
            case 0 -> earlier.getOrDefault(name, now);
            case 1 -> now.damaged(random);
            default -> now;
        };
    }
}
