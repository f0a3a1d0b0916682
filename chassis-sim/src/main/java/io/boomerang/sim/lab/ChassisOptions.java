package io.boomerang.sim.lab;

/// What the chassis file of a laboratory says beside its blades.
///
/// @param processor what the blades do, as the chassis file says it; `kernel` and
///   `kernel-masquerade` build a {@link KernelDevice} for each
/// @param drainLimitSeconds how long a blade that is told to stop waits for its flows, in seconds
/// @param ipv6Backplane whether the addresses of the backplane are IPv6 ones
public record ChassisOptions(String processor, int drainLimitSeconds, boolean ipv6Backplane) {
    public static final ChassisOptions DEFAULTS = new ChassisOptions("firewall", 30, false);

    private static final int MOST_DRAIN_SECONDS = 86_400;

    public ChassisOptions {
        if (drainLimitSeconds < 0 || drainLimitSeconds > MOST_DRAIN_SECONDS) {
            throw new IllegalArgumentException(
                    "a drain limit of " + drainLimitSeconds + " s is not 0..86400 s");
        }
    }

    public ChassisOptions withProcessor(final String kind) {
        return new ChassisOptions(kind, drainLimitSeconds, ipv6Backplane);
    }

    public ChassisOptions withDrainLimitSeconds(final int seconds) {
        return new ChassisOptions(processor, seconds, ipv6Backplane);
    }

    public ChassisOptions withIpv6Backplane(final boolean ipv6) {
        return new ChassisOptions(processor, drainLimitSeconds, ipv6);
    }
}
