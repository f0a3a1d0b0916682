package io.boomerang.sim.replay;

import io.boomerang.blade.BladeConfig;
import io.boomerang.blade.announcer.AnnounceLimits;
import io.boomerang.blade.processor.NatConfig;
import io.boomerang.blade.processor.PacketProcessor;
import io.boomerang.blade.processor.PassThrough;
import io.boomerang.blade.processor.SourceNat;
import io.boomerang.blade.processor.StatefulFirewall;
import io.boomerang.cluster.ClusterParameters;
import io.boomerang.redirector.RedirectorConfig;
import io.boomerang.sim.chassis.ChassisOptions;
import io.boomerang.sim.chassis.ClusterSource;
import io.boomerang.sim.chassis.JGroupsCluster;
import io.boomerang.sim.chassis.MemoryCluster;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

/// The chassis that a replay's options ask for.
final class ChassisPlan {
    /// Flows that a simulated blade holds at the most. Its markers are made at the start.
    private static final int MARKERS_PER_BLADE = 1 << 16;

    private static final int BUCKETS = 1 << 16;

    /// Where messages travel in the machine's time, a machine that is busy with something else is
    /// no reason to give up an answer, or a packet.
    private static final int PATIENT_QUERY_MS = 8_000;

    private static final int PATIENT_HOLD_MS = 5_000;

    private static final int FIRST_NAT_PORT = 1_024;
    private static final int NAT_PORTS = (1 << 16) - FIRST_NAT_PORT;
    private static final int NAT_PROBES = 128;

    private final ReplayOptions options;

    ChassisPlan(final ReplayOptions options) {
        this.options = options;
    }

    ChassisOptions chassis() {
        final SplittableRandom random = new SplittableRandom(options.seed());
        return new ChassisOptions(
                options.redirectors(),
                options.blades(),
                new ClusterParameters(
                        random.nextLong(), random.nextLong(), BUCKETS, options.flowRules()),
                redirector(),
                blade(),
                processor(),
                options.announceDelayNs(),
                ChassisOptions.USUAL_TIMER_NS,
                options.sessionsDirectory());
    }

    private RedirectorConfig redirector() {
        final RedirectorConfig usual =
                RedirectorConfig.DEFAULTS
                        .withPolicy(options.policy())
                        .withSessionCapacity(options.sessions());
        return isStepped()
                ? usual
                : new RedirectorConfig(
                        usual.sessionCapacity(),
                        usual.policy(),
                        usual.embryonicLeaseMs(),
                        usual.cacheLeaseMs(),
                        PATIENT_QUERY_MS,
                        usual.queriesPerSecond(),
                        usual.queriedCells(),
                        usual.fragmentLimitMs(),
                        usual.fragmentCells(),
                        usual.datagramCapacity(),
                        usual.comparisonIntervalMs());
    }

    private BladeConfig blade() {
        final BladeConfig usual =
                BladeConfig.DEFAULTS
                        .withAnnounce(options.announce())
                        .withMarkerCapacity(MARKERS_PER_BLADE);
        final AnnounceLimits limits = usual.limits();
        return isStepped()
                ? usual
                : usual.withLimits(
                        new AnnounceLimits(
                                limits.outstandingCapacity(),
                                limits.firstRetryMs(),
                                limits.lastRetryMs(),
                                limits.tryLimit(),
                                limits.holdCells(),
                                PATIENT_HOLD_MS,
                                limits.embryonicPackets()));
    }

    private boolean isStepped() {
        return options.cluster() == ClusterKind.MEMORY;
    }

    private IntFunction<PacketProcessor> processor() {
        return switch (options.processor()) {
            case PASS -> _ -> new PassThrough();
            case FIREWALL -> _ -> new StatefulFirewall(options.rules());
            case SOURCE_NAT -> {
                final NatConfig translation = translation();
                yield number -> new SourceNat(translation, translation.rangeOf(number - 1));
            }
        };
    }

    /// Addresses of documentation (RFC 5737, RFC 3849), which no capture's hosts have; every blade
    /// that there will be has an equal share of the ports.
    private NatConfig translation() {
        final long added =
                options.events().stream()
                        .filter(event -> event.event() instanceof ChassisEvent.AddBlade)
                        .count();
        return new NatConfig(
                (Inet4Address) InetAddress.ofLiteral("203.0.113.77"),
                (Inet6Address) InetAddress.ofLiteral("2001:db8:77::77"),
                FIRST_NAT_PORT,
                NAT_PORTS / (int) (options.blades() + added),
                NAT_PROBES);
    }

    ClusterSource cluster(final long startNs) {
        return switch (options.cluster()) {
            case JGROUPS -> new JGroupsCluster(options.key());
            case MEMORY -> new MemoryCluster(options.seed(), startNs);
        };
    }
}
