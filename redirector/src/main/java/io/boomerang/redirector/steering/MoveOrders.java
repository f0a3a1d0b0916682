package io.boomerang.redirector.steering;

import io.boomerang.announce.FlowOffer;
import io.boomerang.announce.MoveOrder;
import io.boomerang.cluster.ControlSender;

import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Tells blades that drain by moving to whom their flows may go, and again from time to time: one
/// that starts anew or did not hear it learns of it so. Idle on all redirectors but the allocator.
/// Used by the redirector's thread only.
final class MoveOrders {
    static final long REPEAT_NS = TimeUnit.SECONDS.toNanos(1);

    private final BucketCoordinator coordinator;
    private final ControlSender control;
    private final BitSet leaving = new BitSet();
    private long toldNs;

    MoveOrders(final BucketCoordinator coordinator, final ControlSender control) {
        this.coordinator = coordinator;
        this.control = control;
    }

    /// The blade is to move its flows.
    void begin(final int blade, final ChassisMap chassis, final long nowNs) {
        leaving.set(blade);
        tell(chassis, nowNs);
    }

    /// The blade keeps the flows that it still has.
    void end(final int blade) {
        if (leaving.get(blade)) {
            leaving.clear(blade);
            control.send(blade, new MoveOrder(List.of()));
        }
    }

    /// Answers whether orders were given.
    int onTimer(final ChassisMap chassis, final long nowNs) {
        if (leaving.isEmpty() || nowNs - toldNs < REPEAT_NS) {
            return 0;
        }
        tell(chassis, nowNs);
        return 1;
    }

    /// The members or their weights may have changed.
    void tell(final ChassisMap chassis, final long nowNs) {
        if (chassis.format() < FlowOffer.FIRST_FORMAT) {
            return;
        }
        toldNs = nowNs;
        for (int blade = leaving.nextSetBit(0); blade >= 0; blade = leaving.nextSetBit(blade + 1)) {
            if (chassis.isBlade(blade)) {
                control.send(blade, new MoveOrder(coordinator.takers(chassis, blade)));
            }
        }
    }
}
