package io.boomerang.sim.lab;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/// An HAProxy that makes the choice of a classifier, beside a chassis that hands connections off,
/// to compare with: in TCP mode by a connection's first bytes, in HTTP mode by each request's path.
///
/// The client reaches it by a cable of its own, and it reaches the hosts by the backplane, where
/// the client reaches them, too, with nothing that steers in between. All of these networks take
/// packets of 1,500 bytes, as those outside the chassis do.
///
/// ```
///   client ==+== ingress-1 ==+
///            |               |
///            +==== proxy ====+== backplane ==+== blade-2
///            |               |               |
///            +===============+               +== blade-3
/// ```
public final class HandoffProxy {
    public static final String COMMAND = "haproxy";

    /// Its network namespace.
    public static final String HOST = "proxy";

    public static final String ADDRESS = "10.2.0.1";

    /// Where it takes connections in HTTP mode.
    public static final int HTTP_PORT = 80;

    /// Where it takes connections in TCP mode.
    public static final int TCP_PORT = 81;

    /// Where the programs on hosts listen, by their addresses on the backplane.
    public static final int PORT = 80;

    static final String FILE = "haproxy.cfg";

    private static final String CLIENT_ADDRESS = "10.2.0.2";
    private static final String ON_BACKPLANE = "10.99.0.251";
    private static final String CLIENT_ON_BACKPLANE = "10.99.0.252";
    private static final String MTU = "1500";
    private static final String TO_CLIENT = "to-client";
    private static final String TO_PROXY = "to-proxy";
    private static final String TO_HOSTS = "to-hosts";

    private final LabPlan plan;

    HandoffProxy(final LabPlan plan) {
        if (!HandoffHosts.areIn(plan.options()) || plan.options().ipv6Backplane()) {
            throw new IllegalArgumentException(
                    "a proxy needs hosts of hand-offs, and a backplane of IPv4 addresses");
        }
        this.plan = plan;
    }

    /// The blades it chooses from.
    List<LabBlade> hosts() {
        final List<String> names = HandoffHosts.names(plan);
        return plan.chassis().stream()
                .filter(blade -> blade.starts() && names.contains(blade.name()))
                .toList();
    }

    /// Where the program on a host listens, as an address and a port.
    public static String listeningAddress(final LabPlan plan, final String host) {
        return new HandoffProxy(plan)
                .hosts().stream()
                        .filter(blade -> blade.name().equals(host))
                        .map(HandoffProxy::listeningAddress)
                        .findFirst()
                        .orElseThrow();
    }

    private static String listeningAddress(final LabBlade host) {
        return host.address() + ":" + PORT;
    }

    void build(final Namespaces namespaces) throws IOException, InterruptedException, LabException {
        namespaces.add(HOST);
        namespaces.connect(LabPlan.CLIENT, TO_PROXY, HOST, TO_CLIENT);
        address(namespaces, LabPlan.CLIENT, TO_PROXY, CLIENT_ADDRESS);
        address(namespaces, HOST, TO_CLIENT, ADDRESS);
        toHosts(namespaces, HOST, ON_BACKPLANE);
        toHosts(namespaces, LabPlan.CLIENT, CLIENT_ON_BACKPLANE);
    }

    private static void toHosts(
            final Namespaces namespaces, final String host, final String address)
            throws IOException, InterruptedException, LabException {
        namespaces.connect(host, TO_HOSTS, LabPlan.HUB, host);
        namespaces.within(LabPlan.HUB, "link", "set", host, "master", LabNetwork.BACKPLANE);
        address(namespaces, host, TO_HOSTS, address);
    }

    private static void address(
            final Namespaces namespaces, final String host, final String end, final String address)
            throws IOException, InterruptedException, LabException {
        namespaces.within(host, "link", "set", end, "mtu", MTU);
        namespaces.within(host, "address", "add", address + "/24", "dev", end);
    }

    /// Its configuration file: as fast as it can be for this. Bytes are spliced, and in HTTP mode
    /// connections to the hosts are kept and shared.
    String configuration() {
        return String.format(
                        Locale.ROOT,
                        """
                        global
                            maxconn 4096

                        defaults
                            maxconn 4096
                            timeout connect 10s
                            timeout client 60s
                            timeout server 60s
                            option splice-auto

                        frontend first-bytes
                            mode tcp
                            bind %1$s:%2$d
                            tcp-request inspect-delay 10s
                            tcp-request content accept if { req.payload(0,6) -m found }
                        %3$s
                        %4$s
                        frontend paths
                            mode http
                            bind %1$s:%5$d
                        %6$s
                        %7$s
                        """,
                        ADDRESS,
                        TCP_PORT,
                        choice("tcp", "req.payload(0,6) -m str \"GET /%s\""),
                        backends("tcp", ""),
                        HTTP_PORT,
                        choice("http", "path_beg /%s"),
                        backends("http", "    http-reuse always\n"))
                .stripTrailing()
                .concat("\n");
    }

    private String choice(final String mode, final String condition) {
        final String first = hosts().getFirst().name();
        return "    default_backend "
                + mode
                + "-"
                + first
                + lines(host -> {
                    final String service = HandoffHosts.serviceOf(plan, host.name());
                    return String.format(
                            Locale.ROOT,
                            "\n    use_backend %s-%s if { %s }",
                            mode,
                            host.name(),
                            String.format(Locale.ROOT, condition, service));
                });
    }

    private String backends(final String mode, final String options) {
        return lines(host ->
                String.format(
                        Locale.ROOT,
                        "\nbackend %1$s-%2$s\n    mode %1$s\n%3$s    server %2$s %4$s\n",
                        mode,
                        host.name(),
                        options,
                        listeningAddress(host)));
    }

    private String lines(final Function<LabBlade, String> line) {
        final List<String> all = new ArrayList<>();
        hosts().forEach(host -> all.add(line.apply(host)));
        return String.join("", all);
    }
}
