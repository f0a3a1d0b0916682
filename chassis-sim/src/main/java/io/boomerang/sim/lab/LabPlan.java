package io.boomerang.sim.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// What a laboratory looks like: a client, a server, and between them a chassis of ingress
/// redirectors, egress redirectors and blades, on a bridge as backplane. Where a side has several
/// redirectors, a switch between them and the outside spreads flows over them.
///
/// @param name of the laboratory, tells several on one machine apart
/// @param redirectors how many on each side, 1 to {@link #MAX_REDIRECTORS}
/// @param blades how many, 1 to {@link #MAX_BLADES}
/// @param spares how many more blades the chassis file has, whose daemons are not started
/// @param options what the chassis file says besides
public record LabPlan(
        String name, int redirectors, int blades, int spares, ChassisOptions options) {
    public static final int MAX_BLADES = 32;
    public static final int MAX_REDIRECTORS = 8;

    public static final String CLIENT = "client";
    public static final String SERVER = "server";
    public static final String CLIENT_ADDRESS = "10.1.0.2";
    public static final String SERVER_ADDRESS = "10.1.0.1";
    public static final String CLIENT_ADDRESS6 = "fd00:1::2";
    public static final String SERVER_ADDRESS6 = "fd00:1::1";

    static final String HUB = "hub";
    static final List<String> OUTSIDE_HOSTS = List.of(CLIENT, SERVER);

    /// The interface of a redirector to its outside network, and of an outside host to the chassis.
    static final String OUTSIDE = "outside";

    public static final String CARD = "eth0";

    private static final Pattern NAME = Pattern.compile("[a-z0-9]{1,16}");
    private static final int FIRST_EGRESS = 101;
    private static final int FIRST_PROCESSOR = 201;

    public LabPlan {
        requireName(name);
        require("redirectors a side", redirectors, 1, MAX_REDIRECTORS);
        require("blades", blades, 1, MAX_BLADES);
        require("spare blades", spares, 0, MAX_BLADES - blades);
        if (HandoffHosts.areIn(options)) {
            require("blades with one that accepts", blades, 2, MAX_BLADES);
        }
    }

    static void requireName(final String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + name + "' is not 1 to 16 of a-z and 0-9");
        }
    }

    private static void require(
            final String what, final int count, final int least, final int most) {
        if (count < least || count > most) {
            throw new IllegalArgumentException(
                    count + " " + what + " are not " + least + ".." + most);
        }
    }

    /// The host of a redirector, counted from 1.
    public static String ingressName(final int number) {
        return "ingress-" + number;
    }

    /// The host of a redirector, counted from 1.
    public static String egressName(final int number) {
        return "egress-" + number;
    }

    /// The host of a blade, counted from 1, spares last.
    public static String bladeName(final int number) {
        return "blade-" + number;
    }

    /// Whether outside networks reach the redirectors by a switch.
    boolean hasSwitches() {
        return redirectors > 1;
    }

    static String switchOf(final String outside) {
        return outside + "-switch";
    }

    /// Where the cables from the redirectors to an outside host end.
    private String neighbour(final String outside) {
        return hasSwitches() ? switchOf(outside) : outside;
    }

    /// The blades of the chassis, redirectors first.
    List<LabBlade> chassis() {
        final List<LabBlade> all = new ArrayList<>();
        for (int i = 0; i < redirectors; i++) {
            all.add(redirector(ingressName(i + 1), "ingress", 1 + i, neighbour(CLIENT)));
        }
        for (int i = 0; i < redirectors; i++) {
            all.add(redirector(egressName(i + 1), "egress", FIRST_EGRESS + i, neighbour(SERVER)));
        }
        for (int i = 0; i < blades + spares; i++) {
            final int node = FIRST_PROCESSOR + i;
            final String role = "processor: {node: " + node + "}";
            all.add(new LabBlade(bladeName(i + 1), address(node), role, "", i < blades));
        }
        return all;
    }

    /// The hosts of the chassis, redirectors first.
    public List<String> bladeNames() {
        return chassis().stream().map(LabBlade::name).toList();
    }

    /// Whether new flows are given to a blade.
    boolean opensFlows(final LabBlade blade) {
        return !blade.isRedirector()
                && !(HandoffHosts.areIn(options)
                        && HandoffHosts.names(this).contains(blade.name()));
    }

    private LabBlade redirector(
            final String name, final String side, final int node, final String neighbour) {
        final String role =
                String.format(
                        Locale.ROOT,
                        "redirector: {node: %d, side: %s, interface: %s, port: %s}",
                        node,
                        side,
                        OUTSIDE,
                        options.port());
        return new LabBlade(name, address(node), role, neighbour, true);
    }

    private String address(final int node) {
        return (options.ipv6Backplane() ? "fd99::" : "10.99.0.") + node;
    }

    /// The chassis file; the keys lie beside it.
    String chassisFile() {
        final String service =
                HandoffHosts.areIn(options)
                        ? new HandoffHosts(this).service()
                        : KernelDevice.service(options.processor(), name);
        final StringBuilder text =
                new StringBuilder(options.header(name, service)).append("blades:\n");
        chassis().forEach(blade -> text.append(blade.line()));
        return text.toString();
    }
}
