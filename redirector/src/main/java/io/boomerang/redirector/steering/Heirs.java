package io.boomerang.redirector.steering;

import java.util.Arrays;

/// Who takes over the flows of a dead blade. The owners of both sides may meet such a flow at the
/// same moment, one of them before it has the bucket table without that blade, and no policy that
/// looks at load or buckets then chooses alike. So the choice is by rendezvous hashing among the
/// live blades that take new flows, which are the same before and after that table. Used by the
/// redirector's thread only.
final class Heirs {
    private ChassisMap chassis = ChassisMap.EMPTY;
    private long epoch;
    private Ownership blades = new Ownership(new int[0]);

    /// The blade for a flow of this hash; 0 when no live blade takes new flows.
    int of(final long hash, final ChassisMap map, final BucketAllocation allocation) {
        if (chassis != map || epoch != allocation.epoch()) {
            chassis = map;
            epoch = allocation.epoch();
            blades =
                    new Ownership(
                            Arrays.stream(allocation.eligible()).filter(map::isAlive).toArray());
        }
        return blades.owner(hash);
    }
}
