package io.boomerang.sim.lab;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.Locale;

/// The device of a laboratory's blade: a network namespace of its own, in which the kernel forwards
/// between two interfaces and nftables judges. What comes in by one leaves by the other, whatever
/// its addresses are; so the device needs no route and no address of the networks outside.
final class KernelDevice {
    /// What the kernel does to packets.
    private enum Kind {
        /// A firewall that denies by default and drops what is invalid.
        FIREWALL("kernel", false, true),
        /// The same, and everything leaves from the device's own address.
        MASQUERADE("kernel-masquerade", true, true),
        /// The same, and blades announce nothing: most flows break.
        SILENT("kernel-masquerade-silent", true, false);

        private final String processor;
        private final boolean masquerades;
        private final boolean announces;

        Kind(final String processor, final boolean masquerades, final boolean announces) {
            this.processor = processor;
            this.masquerades = masquerades;
            this.announces = announces;
        }

        /// Null when blades need no device.
        private static @Nullable Kind of(final String processor) {
            for (final Kind kind : values()) {
                if (kind.processor.equals(processor)) {
                    return kind;
                }
            }
            return null;
        }
    }

    private static final String NAME_SUFFIX = "-device";

    /// Where answers to masquerading devices go to.
    private static final String MASQUERADE_NETWORK = "198.51.100.0/24";

    private static final String MASQUERADE_NETWORK6 = "2001:db8:64::";

    private static final String MAC = "02:00:00:00:00:01";

    /// Nobody has it; with ARP switched off nobody is asked.
    private static final String NEXT_HOP = "169.254.255.1";

    private static final String INGRESS_MARK = "1";
    private static final String EGRESS_MARK = "2";
    private static final String TO_EGRESS = "100";
    private static final String TO_INGRESS = "200";

    /// Nothing that was not there from the beginning is taken for a connection.
    private static final String SETTINGS =
            "net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.fwmark_reflect=1"
                    + " net.ipv6.fwmark_reflect=1 net.ipv4.conf.all.rp_filter=0"
                    + " net.ipv4.conf.default.rp_filter=0 net.ipv4.conf.all.send_redirects=0"
                    + " net.ipv4.conf.default.send_redirects=0"
                    + " net.netfilter.nf_conntrack_tcp_loose=0";

    private final Namespaces namespaces;
    private final Kind kind;

    private KernelDevice(final Namespaces namespaces, final Kind kind) {
        this.namespaces = namespaces;
        this.kind = kind;
    }

    /// The section `service` of a chassis file.
    ///
    /// @param processor as {@link ChassisOptions} has it
    static String service(final String processor, final String chassis) {
        final Kind kind = Kind.of(processor);
        if (kind == null) {
            return "{processor: " + processor + "}";
        }
        return "{announcements: "
                + kind.announces
                + ", processor: kernel, kernel: {ingress-interface: device-in,"
                + " egress-interface: device-out, device-mac: '"
                + MAC
                + "', namespace: '"
                + Lab.prefix(chassis)
                + "{blade}"
                + NAME_SUFFIX
                + "'}}";
    }

    /// Builds the devices of all blades, if they need any.
    static void build(final Namespaces namespaces, final LabPlan plan)
            throws IOException, InterruptedException, LabException {
        final Kind kind = Kind.of(plan.options().processor());
        if (kind == null) {
            return;
        }
        final KernelDevice device = new KernelDevice(namespaces, kind);
        for (int number = 1; number <= plan.blades() + plan.spares(); number++) {
            device.build(LabPlan.bladeName(number), number);
        }
        if (kind.masquerades) {
            namespaces.within(
                    LabPlan.SERVER,
                    "route",
                    "add",
                    MASQUERADE_NETWORK,
                    "via",
                    LabPlan.CLIENT_ADDRESS);
            namespaces.within(
                    LabPlan.SERVER,
                    "route",
                    "add",
                    MASQUERADE_NETWORK6 + "/64",
                    "via",
                    LabPlan.CLIENT_ADDRESS6);
        }
    }

    /// Builds the device of a blade.
    ///
    /// @param number tells the addresses of masquerading devices apart
    private void build(final String blade, final int number)
            throws IOException, InterruptedException, LabException {
        final String device = blade + NAME_SUFFIX;
        namespaces.add(device);
        connect(blade, device, "device-in", "ingress");
        connect(blade, device, "device-out", "egress");
        namespaces.run(device, ("sysctl -qw " + SETTINGS).split(" "));
        route(device, "ingress", INGRESS_MARK, "egress", TO_EGRESS);
        route(device, "egress", EGRESS_MARK, "ingress", TO_INGRESS);
        if (kind.masquerades) {
            final String ipv4 = "198.51.100." + number + "/32";
            final String ipv6 = MASQUERADE_NETWORK6 + number + "/128";
            namespaces.within(device, "address", "add", ipv4, "dev", "egress");
            namespaces.within(device, "address", "add", ipv6, "dev", "egress", "nodad");
        }
        namespaces.feed(device, ruleset(), "nft", "-f", "-");
    }

    private void connect(
            final String blade, final String device, final String near, final String far)
            throws IOException, InterruptedException, LabException {
        namespaces.connect(blade, near, device, far);
        namespaces.within(device, "link", "set", "dev", far, "address", MAC);
        namespaces.within(device, "link", "set", "dev", far, "arp", "off");
    }

    /// What came in by `from` leaves by `to`; what the kernel answers to it goes back, which the
    /// mark that it has from the packet tells.
    private void route(
            final String device,
            final String from,
            final String mark,
            final String to,
            final String table)
            throws IOException, InterruptedException, LabException {
        final String back = table.equals(TO_EGRESS) ? TO_INGRESS : TO_EGRESS;
        namespaces.within(
                device, "route", "add", "default", "via", NEXT_HOP, "dev", to, "onlink", "table",
                table);
        namespaces.within(device, "-6", "route", "add", "default", "dev", to, "table", table);
        for (final String family : new String[] {"-4", "-6"}) {
            namespaces.within(device, family, "rule", "add", "iif", from, "lookup", table);
            namespaces.within(
                    device, family, "rule", "add", "iif", "lo", "fwmark", mark, "lookup", back);
        }
    }

    private String ruleset() {
        return String.format(
                Locale.ROOT,
                """
                table inet blade {
                    ct helper ftp {
                        type "ftp" protocol tcp
                    }
                    chain arrival {
                        type filter hook prerouting priority -150
                        iifname "ingress" meta mark set %s
                        iifname "egress" meta mark set %s
                    }
                    chain helpers {
                        type filter hook prerouting priority 0
                        tcp dport 21 ct helper set "ftp"
                    }
                    chain forward {
                        type filter hook forward priority 0
                        policy drop
                        ct state invalid counter drop
                        ct state established,related accept
                        iifname "ingress" ct state new accept
                    }
                %s}
                """,
                INGRESS_MARK,
                EGRESS_MARK,
                kind.masquerades
                        ? """
                            chain translation {
                                type nat hook postrouting priority 100
                                oifname "egress" counter masquerade
                            }
                        """
                        : "");
    }
}
