package io.boomerang.sim.lab;

import java.util.Locale;

/// What the chassis file of a laboratory says beside its blades; words are as in the file.
///
/// @param processor what the blades do, as the chassis file says it; `kernel` and
///   `kernel-masquerade` build a {@link KernelDevice} for each, `handoff` and `handoff-direct`
///   {@link HandoffHosts}
/// @param drainLimitSeconds how long a blade that is told to stop waits for its flows, in seconds
/// @param port how frames come from the interfaces of redirectors
/// @param ipv6Backplane whether the addresses of the backplane are IPv6 ones
/// @param backplaneMtu of the backplane's interfaces, in bytes
/// @param oversize what happens to packets that do not fit that
/// @param clampMss whether SYNs state a segment size that fits
public record ChassisOptions(
        String processor,
        int drainLimitSeconds,
        String port,
        boolean ipv6Backplane,
        int backplaneMtu,
        String oversize,
        boolean clampMss) {
    /// Carries the longest frames of the outside whole.
    public static final int USUAL_BACKPLANE_MTU = 1_800;

    public static final ChassisOptions DEFAULTS =
            new ChassisOptions("firewall", 30, "auto", false, USUAL_BACKPLANE_MTU, "refuse", false);

    private static final int MOST_DRAIN_SECONDS = 86_400;

    public ChassisOptions {
        if (drainLimitSeconds < 0 || drainLimitSeconds > MOST_DRAIN_SECONDS) {
            throw new IllegalArgumentException(
                    "a drain limit of " + drainLimitSeconds + " s is not 0..86400 s");
        }
    }

    /// The beginning of the chassis file; the keys lie beside it.
    ///
    /// @param service what the blades do
    String header(final String chassis, final String service) {
        return String.format(
                Locale.ROOT,
                """
                chassis: %s
                state-directory: state
                drain-limit: %ds
                flows: {hash-key-file: key}
                backplane:
                  mtu: %d
                  oversize: %s
                  clamp-mss: %b
                  keys: [{id: 1, file: key}]
                cluster: {key-file: chassis.p12}
                admin: {address: backplane, token-file: admin.token}
                service: %s
                """,
                chassis,
                drainLimitSeconds,
                backplaneMtu,
                oversize,
                clampMss,
                service);
    }
}
