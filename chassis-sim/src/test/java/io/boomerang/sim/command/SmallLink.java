package io.boomerang.sim.command;

import io.boomerang.sim.lab.LabPlan;

import java.io.IOException;

/// A link of {@value #MTU} bytes behind one of the outside hosts of a laboratory, and a host at its
/// end that lets its peers believe in segments of the usual size: what is too big is noticed by the
/// router between chassis and link, whose ICMP errors have to find the way back to the sender.
///
/// ```
///   client -- chassis -- server, the router --- 1,300 bytes --- host
/// ```
final class SmallLink {
    static final int MTU = 1_300;

    private final LabGuests guests;
    private final String host;
    private final int network;

    private SmallLink(final LabGuests guests, final String host, final int network) {
        this.guests = guests;
        this.host = host;
        this.network = network;
    }

    /// Builds a link behind the server or the client.
    static SmallLink behind(final LabGuests guests, final String router)
            throws IOException, InterruptedException {
        final boolean server = router.equals(LabPlan.SERVER);
        final SmallLink link = new SmallLink(guests, "behind-" + router, server ? 2 : 3);
        link.connect(router);
        final String opposite = server ? LabPlan.CLIENT : LabPlan.SERVER;
        link.tell(
                opposite,
                server ? LabPlan.SERVER_ADDRESS : LabPlan.CLIENT_ADDRESS,
                server ? LabPlan.SERVER_ADDRESS6 : LabPlan.CLIENT_ADDRESS6);
        return link;
    }

    private void connect(final String router) throws IOException, InterruptedException {
        final String here = guests.namespace(host);
        LabGuests.command("ip", "netns", "add", here);
        final String mtu = String.valueOf(MTU);
        guests.run(router, "ip", "link", "add", "small", "type", "veth", "peer", "end");
        guests.run(router, "ip", "link", "set", "small", "mtu", mtu);
        guests.run(router, "ip", "link", "set", "end", "mtu", mtu, "netns", here);
        guests.run(host, "ip", "link", "set", "lo", "up");
        configure(host, "end", address(1), address6(1));
        configure(router, "small", address(2), address6(2));
        guests.run(
                router, "sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1");
        guests.run(host, "ip", "route", "add", "default", "via", address(2), "advmss", "1460");
        guests.run(host, "ip", "route", "add", "default", "via", address6(2), "advmss", "1440");
    }

    private void configure(
            final String where, final String card, final String ipv4, final String ipv6)
            throws IOException, InterruptedException {
        guests.run(where, "ip", "address", "add", ipv4 + "/24", "dev", card);
        guests.run(where, "ip", "address", "add", ipv6 + "/64", "dev", card, "nodad");
        guests.run(where, "ip", "link", "set", card, "up");
    }

    /// Lets the host at the other side of the chassis know the way.
    private void tell(final String opposite, final String router, final String router6)
            throws IOException, InterruptedException {
        guests.run(opposite, "ip", "route", "add", "10." + network + ".0.0/24", "via", router);
        guests.run(opposite, "ip", "route", "add", "fd00:" + network + "::/64", "via", router6);
    }

    /// The host at the end of the link.
    String host() {
        return host;
    }

    String address() {
        return address(1);
    }

    String address6() {
        return address6(1);
    }

    private String address(final int number) {
        return "10." + network + ".0." + number;
    }

    private String address6(final int number) {
        return "fd00:" + network + "::" + number;
    }
}
