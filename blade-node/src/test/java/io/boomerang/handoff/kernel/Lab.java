package io.boomerang.handoff.kernel;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A client, three blades that share a virtual address, and a router between them that plays the
/// forwarder.
///
/// ```
///   client 10.77.0.2 --- router --- blade 0 10.77.1.2 --+
///                         |  \----- blade 1 10.77.2.2 --+-- 10.99.0.1, all
///                         \-------- blade 2 10.77.3.2 --+
/// ```
final class Lab implements AutoCloseable {
    static final int PORT = 8_080;
    static final int BLADES = 3;

    private static final String VIRTUAL_IPV4 = "10.99.0.1";
    private static final String VIRTUAL_IPV6 = "fd99::1";

    private final Namespace client;
    private final Namespace router;
    private final List<Namespace> blades;

    private Lab() {
        final String prefix = "boomerang-" + ProcessHandle.current().pid();
        client = new Namespace(prefix + "-client");
        router = new Namespace(prefix + "-router");
        blades =
                IntStream.range(0, BLADES)
                        .mapToObj(i -> new Namespace(prefix + "-blade" + i))
                        .toList();
    }

    static Lab build() {
        final Lab lab = new Lab();
        try {
            lab.connectAll();
        } catch (final RuntimeException e) {
            lab.close();
            throw e;
        }
        return lab;
    }

    private void connectAll() {
        connect(client, 0);
        for (int i = 0; i < BLADES; i++) {
            connect(blades.get(i), i + 1);
        }
        for (final Namespace blade : blades) {
            Shell.feed(
                    "addr add %s/32 dev lo%naddr add %s/128 dev lo nodad%n"
                            .formatted(VIRTUAL_IPV4, VIRTUAL_IPV6),
                    "ip",
                    "-n",
                    blade.name(),
                    "-batch",
                    "-");
        }
        router.set("ipv4/ip_forward", 1);
        router.set("ipv6/conf/all/forwarding", 1);
        steerTo(0);
    }

    private void connect(final Namespace node, final int net) {
        final String port = "p" + net;
        Shell.feed(
                """
                link set lo up
                link add %s type veth peer name eth0 netns %s
                addr add 10.77.%d.1/24 dev %s
                addr add fd77:%d::1/64 dev %s nodad
                link set %s up
                """
                        .formatted(port, node.name(), net, port, net, port, port),
                "ip",
                "-n",
                router.name(),
                "-batch",
                "-");
        Shell.feed(
                """
                link set lo up
                addr add 10.77.%d.2/24 dev eth0
                addr add fd77:%d::2/64 dev eth0 nodad
                link set eth0 up
                route add default via 10.77.%d.1
                route add default via fd77:%d::1
                """
                        .formatted(net, net, net, net),
                "ip",
                "-n",
                node.name(),
                "-batch",
                "-");
    }

    static InetSocketAddress virtualAddress(final boolean ipv6) {
        try {
            return new InetSocketAddress(
                    InetAddress.getByName(ipv6 ? VIRTUAL_IPV6 : VIRTUAL_IPV4), PORT);
        } catch (final UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    Namespace client() {
        return client;
    }

    Namespace router() {
        return router;
    }

    Namespace blade(final int number) {
        return blades.get(number);
    }

    /// Packets to the virtual address go to this blade.
    void steerTo(final int blade) {
        route(
                "route replace %s/32 via 10.77.%d.2%nroute replace %s/128 via fd77:%d::2%n"
                        .formatted(VIRTUAL_IPV4, blade + 1, VIRTUAL_IPV6, blade + 1));
    }

    /// Packets to the virtual address leave the router by this device.
    void steerToDevice(final String device) {
        route(
                "route replace %s/32 dev %s%nroute replace %s/128 dev %s%n"
                        .formatted(VIRTUAL_IPV4, device, VIRTUAL_IPV6, device));
    }

    /// Packets to the virtual address get lost.
    void steerNowhere() {
        route(
                "route replace blackhole %s/32%nroute replace blackhole %s/128%n"
                        .formatted(VIRTUAL_IPV4, VIRTUAL_IPV6));
    }

    private void route(final String commands) {
        Shell.feed(commands, "ip", "-n", router.name(), "-batch", "-");
    }

    /// Resets that any of the nodes has sent.
    long resets() {
        return nodes().mapToLong(node -> node.counter("Tcp", "OutRsts")).sum();
    }

    @Override
    public void close() {
        nodes().forEach(Namespace::close);
    }

    private Stream<Namespace> nodes() {
        return Stream.concat(Stream.of(client, router), blades.stream());
    }
}
