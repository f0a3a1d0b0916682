package io.boomerang.sim.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// One virtual address, at which connections of clients end in the chassis: the first blade accepts
/// them, the others serve them, each what its paths begin with, and all of them what begins with
/// `/tour/`. On each blade an interface pair leads to its kernel.
///
/// The client has a route to the address by way of the server, so that its packets enter the
/// chassis as any do that pass it; they never come to the server.
public final class HandoffHosts {
    public static final String ADDRESS = "10.1.80.80";
    public static final String ADDRESS6 = "fd00:80::80";

    /// The program on each host, in Python: it never listens.
    static final String PROGRAM = "paths.py";

    static final String PROCESSOR = "handoff";

    /// The same, and each host answers by a cable of its own to the client.
    static final String DIRECT = "handoff-direct";

    private static final int FIRST_HOST = 2;
    private static final int LETTERS = 26;
    private static final String NEAR = "handoff0";
    private static final String RETURN = "return0";
    private static final String FAR = "kernel0";
    private static final String MAC = "02:00:00:00:00:01";
    private static final String TABLE = "80";

    private static final String CLIENT_MAC = "02:00:00:00:80:02";

    /// Connections on which ECN was agreed cannot move.
    private static final String SETTINGS =
            "net.ipv4.tcp_ecn=0 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf."
                    + FAR
                    + ".rp_filter=0";

    private final LabPlan plan;

    HandoffHosts(final LabPlan plan) {
        this.plan = plan;
    }

    /// Whether the laboratory is one of these.
    public static boolean areIn(final ChassisOptions options) {
        return options.processor().equals(PROCESSOR) || areDirect(options);
    }

    private static boolean areDirect(final ChassisOptions options) {
        return options.processor().equals(DIRECT);
    }

    /// The blades that serve, spares included.
    static List<String> names(final LabPlan plan) {
        final List<String> names = new ArrayList<>();
        for (int number = FIRST_HOST; number <= plan.blades() + plan.spares(); number++) {
            names.add(LabPlan.bladeName(number));
        }
        return names;
    }

    /// With what the paths begin that a blade serves alone.
    ///
    /// @param number of the blade, counted from 1; 2 or more
    public static String serviceOf(final int number) {
        return String.valueOf((char) ('a' + (number - FIRST_HOST) % LETTERS));
    }

    /// The same of the blade's name.
    static String serviceOf(final LabPlan plan, final String host) {
        return serviceOf(names(plan).indexOf(host) + FIRST_HOST);
    }

    private List<String> services() {
        final List<String> services = new ArrayList<>();
        for (int number = FIRST_HOST; number <= plan.blades() + plan.spares(); number++) {
            services.add(serviceOf(number));
        }
        return services.stream().distinct().toList();
    }

    /// The section `service` of the chassis file.
    String service() {
        final StringBuilder text = new StringBuilder();
        text.append(
                String.format(
                        Locale.ROOT,
                        """

                          processor: %s
                          handoff:
                            interface: %s
                            device-mac: '%s'
                            addresses:
                              - {address: %s, port: 80}
                              - {address: '%s', port: 80}
                            classifiers: [%s]
                            default-service: %s
                            transfer-time: 10s
                            rules:
                              - {http-path: /tour/, service: tour}
                        """,
                        PROCESSOR,
                        NEAR,
                        MAC,
                        ADDRESS,
                        ADDRESS6,
                        LabPlan.bladeName(1),
                        services().getFirst()));
        for (final String service : services()) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "      - {http-path: /%s, service: %s}%n",
                            service,
                            service));
        }
        text.append("    hosts:\n");
        int number = FIRST_HOST;
        for (final String host : names(plan)) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "      - {blade: %s, services: [%s, tour], programs: %s%s}%n",
                            host,
                            serviceOf(number++),
                            socketOf(host),
                            areDirect(plan.options()) ? ", return-interface: " + RETURN : ""));
        }
        return text.toString().stripTrailing();
    }

    private static String socketOf(final String host) {
        return host + ".programs";
    }

    /// The command that serves on a host.
    List<String> program(final Path directory, final String host) {
        final String own = serviceOf(plan, host);
        final List<String> command =
                new ArrayList<>(
                        List.of(
                                "python3",
                                directory.resolve(PROGRAM).toString(),
                                directory.resolve(socketOf(host)).toString(),
                                host,
                                own));
        services().stream().filter(service -> !service.equals(own)).forEach(command::add);
        return command;
    }

    /// The command that serves on a host what the other one does, but listens.
    static List<String> listeningProgram(
            final Path directory, final LabPlan plan, final LabBlade host) {
        return List.of(
                "python3",
                directory.resolve(PROGRAM).toString(),
                host.address() + ":" + HandoffProxy.PORT,
                host.name(),
                serviceOf(plan, host.name()));
    }

    /// Gives each blade the address, and the client the way to it.
    void build(final Namespaces namespaces) throws IOException, InterruptedException, LabException {
        for (int number = 1; number <= plan.blades() + plan.spares(); number++) {
            build(namespaces, LabPlan.bladeName(number));
        }
        if (areDirect(plan.options())) {
            namespaces.within(
                    LabPlan.CLIENT, "link", "set", "dev", LabPlan.CARD, "address", CLIENT_MAC);
            for (final String host : names(plan)) {
                connectDirectly(namespaces, host);
            }
        }
        namespaces.within(
                LabPlan.CLIENT, "route", "add", ADDRESS + "/32", "via", LabPlan.SERVER_ADDRESS);
        namespaces.within(
                LabPlan.CLIENT, "route", "add", ADDRESS6 + "/128", "via", LabPlan.SERVER_ADDRESS6);
    }

    /// What comes by the cable has the same destination as what comes by the redirectors.
    private static void connectDirectly(final Namespaces namespaces, final String host)
            throws IOException, InterruptedException, LabException {
        final String there = "from-" + host;
        namespaces.connect(host, RETURN, LabPlan.CLIENT, there);
        namespaces.within(host, "link", "set", "dev", RETURN, "arp", "off");
        namespaces.within(
                LabPlan.CLIENT, "link", "set", "dev", there, "address", CLIENT_MAC, "arp", "off");
        final String settings =
                "net.ipv4.conf.all.rp_filter=0 net.ipv4.conf." + there + ".rp_filter=0";
        namespaces.run(LabPlan.CLIENT, ("sysctl -qw " + settings).split(" "));
    }

    /// What the kernel sends from the address leaves by the pair, whatever else is routed there.
    private static void build(final Namespaces namespaces, final String blade)
            throws IOException, InterruptedException, LabException {
        namespaces.connect(blade, NEAR, blade, FAR);
        namespaces.within(blade, "link", "set", "dev", FAR, "address", MAC, "arp", "off");
        namespaces.within(blade, "address", "add", ADDRESS + "/32", "dev", FAR);
        namespaces.within(blade, "address", "add", ADDRESS6 + "/128", "dev", FAR, "nodad");
        for (final String family : new String[] {"-4", "-6"}) {
            final String address = family.equals("-4") ? ADDRESS : ADDRESS6;
            namespaces.within(blade, family, "route", "add", "default", "dev", FAR, "table", TABLE);
            namespaces.within(blade, family, "rule", "add", "from", address, "lookup", TABLE);
        }
        namespaces.run(blade, ("sysctl -qw " + SETTINGS).split(" "));
    }
}
