package io.boomerang.sim.chassis;

import io.boomerang.blade.BladeConfig;
import io.boomerang.blade.processor.PacketProcessor;
import io.boomerang.cluster.ClusterParameters;
import io.boomerang.redirector.RedirectorConfig;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.function.IntFunction;

/// What a simulated chassis is made of.
///
/// @param redirectorsPerSide ingress redirectors, and as many egress redirectors, 1 to 64
/// @param blades processing blades at the start, 1 to 512
/// @param parameters what all nodes agree on
/// @param redirector configuration of every redirector
/// @param blade configuration of every blade
/// @param processor makes the processor of the blade with the given number, counted from 1
/// @param announcementDelayNs how late every Session Announcement is handed to its receiver, in
///   nanoseconds
/// @param timerNs how often the nodes look at what time has brought, in nanoseconds
/// @param sessionsDirectory where the nodes keep their sessions from run to run; null when nowhere
public record ChassisOptions(
        int redirectorsPerSide,
        int blades,
        ClusterParameters parameters,
        RedirectorConfig redirector,
        BladeConfig blade,
        IntFunction<PacketProcessor> processor,
        long announcementDelayNs,
        long timerNs,
        @Nullable Path sessionsDirectory) {
    public static final long USUAL_TIMER_NS = 1_000_000L;

    public static final int MAX_REDIRECTORS = 64;
    public static final int MAX_BLADES = 512;

    /// A chassis that keeps nothing.
    public ChassisOptions(
            final int redirectorsPerSide,
            final int blades,
            final ClusterParameters parameters,
            final RedirectorConfig redirector,
            final BladeConfig blade,
            final IntFunction<PacketProcessor> processor,
            final long announcementDelayNs,
            final long timerNs) {
        this(
                redirectorsPerSide,
                blades,
                parameters,
                redirector,
                blade,
                processor,
                announcementDelayNs,
                timerNs,
                null);
    }

    public ChassisOptions {
        if (redirectorsPerSide < 1 || redirectorsPerSide > MAX_REDIRECTORS) {
            throw new IllegalArgumentException(
                    "redirectorsPerSide "
                            + redirectorsPerSide
                            + " is outside 1.."
                            + MAX_REDIRECTORS);
        }
        if (blades < 1 || blades > MAX_BLADES) {
            throw new IllegalArgumentException("blades " + blades + " is outside 1.." + MAX_BLADES);
        }
        if (announcementDelayNs < 0) {
            throw new IllegalArgumentException(
                    "announcementDelayNs " + announcementDelayNs + " is negative");
        }
        if (timerNs < 1) {
            throw new IllegalArgumentException("timerNs " + timerNs + " is not positive");
        }
    }
}
