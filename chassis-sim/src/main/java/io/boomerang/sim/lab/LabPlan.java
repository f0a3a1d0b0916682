package io.boomerang.sim.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// What a laboratory looks like: a client, a server, and between them a chassis of an ingress
/// redirector, an egress redirector and blades, on a bridge as backplane.
///
/// @param name of the laboratory, tells several on one machine apart
/// @param blades how many, 1 to {@link #MAX_BLADES}
/// @param processor what they do, as the chassis file says it
/// @param drainLimitSeconds how long a blade that is told to stop waits for its flows, in seconds
public record LabPlan(String name, int blades, String processor, int drainLimitSeconds) {
    public static final int MAX_BLADES = 32;

    public static final String CLIENT = "client";
    public static final String SERVER = "server";
    public static final String INGRESS = "ingress";
    public static final String EGRESS = "egress";
    public static final String CLIENT_ADDRESS = "10.1.0.2";
    public static final String SERVER_ADDRESS = "10.1.0.1";

    static final String HUB = "hub";
    static final String OUTSIDE = "outside";

    /// Carries the longest frames of the outside whole.
    static final int BACKPLANE_MTU = 1_800;

    private static final Pattern NAME = Pattern.compile("[a-z0-9]{1,16}");
    private static final int FIRST_BLADE_ADDRESS = 11;

    public LabPlan {
        requireName(name);
        if (blades < 1 || blades > MAX_BLADES) {
            throw new IllegalArgumentException(blades + " blades are not 1.." + MAX_BLADES);
        }
        if (drainLimitSeconds < 0 || drainLimitSeconds > 86_400) {
            throw new IllegalArgumentException(
                    "a drain limit of " + drainLimitSeconds + " s is not 0..86400 s");
        }
    }

    static void requireName(final String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + name + "' is not 1 to 16 of a-z and 0-9");
        }
    }

    static String bladeName(final int number) {
        return "blade-" + number;
    }

    /// The blades of the chassis, redirectors first.
    List<String> chassisHosts() {
        final List<String> hosts = new ArrayList<>(List.of(INGRESS, EGRESS));
        for (int number = 1; number <= blades; number++) {
            hosts.add(bladeName(number));
        }
        return hosts;
    }

    static String backplaneAddress(final int index) {
        return "10.99.0." + (index < 2 ? index + 1 : index - 2 + FIRST_BLADE_ADDRESS);
    }

    /// The chassis file; the keys lie beside it.
    String chassisFile() {
        final StringBuilder text = new StringBuilder();
        text.append(
                String.format(
                        Locale.ROOT,
                        """
                        chassis: %s
                        state-directory: state
                        drain-limit: %ds
                        flows: {hash-key-file: key}
                        backplane: {mtu: %d, keys: [{id: 1, file: key}]}
                        cluster: {key-file: chassis.p12}
                        service: {processor: %s}
                        blades:
                        """,
                        name,
                        drainLimitSeconds,
                        BACKPLANE_MTU,
                        processor));
        final List<String> hosts = chassisHosts();
        for (int i = 0; i < hosts.size(); i++) {
            final String role =
                    i < 2
                            ? "redirector: {node: "
                                    + (i == 0 ? 1 : 101)
                                    + ", side: "
                                    + hosts.get(i)
                                    + ", interface: "
                                    + OUTSIDE
                                    + "}"
                            : "processor: {node: " + (199 + i) + "}";
            text.append("  - {name: ")
                    .append(hosts.get(i))
                    .append(", address: ")
                    .append(backplaneAddress(i))
                    .append(", ")
                    .append(role)
                    .append("}\n");
        }
        return text.toString();
    }
}
