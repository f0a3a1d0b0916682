package io.boomerang.redirector.steering;

import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.flow.FlowKey;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Flows that do not exist yet and will belong to a blade that has announced so: the data
/// connection of FTP, for instance. In such a key port 0 stands for any port, because who agreed on
/// the flow did not say from which port it will come.
///
/// Full: the expectation that has stood here longest is forgotten. Used by the redirector's thread
/// only.
final class Expectations {
    static final int CAPACITY = 8_192;

    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

    private record Expected(long flowId, int blade, int incarnation, long endNs) {}

    private final Map<FlowKey, Expected> byKey = new LinkedHashMap<>();
    private final FlowKey probe = new FlowKey();
    private final RedirectorCounters counters;

    Expectations(final RedirectorCounters counters) {
        this.counters = counters;
    }

    /// Takes in what a blade expects, unless something newer of that key is known; answers whether
    /// it did.
    boolean learn(final SessionAnnouncement expectation, final long nowNs) {
        final Expected known = byKey.get(expectation.key());
        if (known != null
                && nowNs - known.endNs < 0
                && Long.compareUnsigned(known.flowId, expectation.flowId()) > 0) {
            return false;
        }
        byKey.remove(expectation.key());
        if (byKey.size() >= CAPACITY) {
            byKey.remove(byKey.keySet().iterator().next());
            counters.expectationsEvicted++;
        }
        counters.expectationsLearned++;
        byKey.put(
                expectation.key().copy(),
                new Expected(
                        expectation.flowId(),
                        expectation.blade(),
                        expectation.incarnation(),
                        nowNs + expectation.leaseMs() * MS));
        return true;
    }

    /// The live blade that expects a flow which a packet of this direction would open; 0 when none
    /// does.
    int bladeOf(
            final FlowKey key,
            final boolean sourceIsB,
            final ChassisMap chassis,
            final long nowNs) {
        if (byKey.isEmpty() || key.kind() != FlowKey.KIND_PORTS) {
            return 0;
        }
        final int exact = bladeOf(key, chassis, nowNs);
        if (exact != 0) {
            return exact;
        }
        openSourcePort(key, sourceIsB);
        return bladeOf(probe, chassis, nowNs);
    }

    private int bladeOf(final FlowKey key, final ChassisMap chassis, final long nowNs) {
        final Expected expected = byKey.get(key);
        if (expected == null) {
            return 0;
        }
        if (nowNs - expected.endNs >= 0 || !chassis.isAlive(expected.blade, expected.incarnation)) {
            byKey.remove(key);
            return 0;
        }
        return expected.blade;
    }

    private void openSourcePort(final FlowKey key, final boolean sourceIsB) {
        final int aPort = sourceIsB ? key.aPort() : 0;
        final int bPort = sourceIsB ? 0 : key.bPort();
        if (key.isIpv6()) {
            probe.setIpv6(
                    key.protocol(),
                    key.kind(),
                    key.aHigh(),
                    key.aLow(),
                    aPort,
                    key.bHigh(),
                    key.bLow(),
                    bPort,
                    key.vlanDomain());
        } else {
            probe.setIpv4(
                    key.protocol(),
                    key.kind(),
                    (int) key.aLow(),
                    aPort,
                    (int) key.bLow(),
                    bPort,
                    key.vlanDomain());
        }
    }

    int size() {
        return byKey.size();
    }
}
