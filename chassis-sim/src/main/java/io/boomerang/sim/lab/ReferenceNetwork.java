package io.boomerang.sim.lab;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What stands between client and server in place of a chassis, to compare with.
///
/// Frames that cross it have addresses of their own, which no host has; on every network they go
/// from one MAC address to the other.
public enum ReferenceNetwork {
    /// Nothing but a cable.
    CABLE {
        @Override
        void connect(final Namespaces namespaces)
                throws IOException, InterruptedException, LabException {
            namespaces.connect(LabPlan.CLIENT, LabPlan.CARD, LabPlan.SERVER, LabPlan.CARD);
        }
    },
    /// A bridge of the kernel.
    BRIDGE {
        @Override
        void connect(final Namespaces namespaces)
                throws IOException, InterruptedException, LabException {
            connectToMiddle(namespaces);
            namespaces.within(MIDDLE, "link", "add", "bridge", "type", "bridge");
            namespaces.within(MIDDLE, "link", "set", "bridge", "up");
            for (final String host : LabPlan.OUTSIDE_HOSTS) {
                namespaces.within(MIDDLE, "link", "set", host, "master", "bridge");
            }
        }
    },
    /// The kernel as a router with a stateful firewall by nftables.
    FORWARDING {
        @Override
        void connect(final Namespaces namespaces)
                throws IOException, InterruptedException, LabException {
            connectToMiddle(namespaces);
            face(namespaces, LabPlan.CLIENT, CLIENT_ADDRESS, CLIENT_MAC, SERVER_MAC);
            face(namespaces, LabPlan.SERVER, SERVER_ADDRESS, SERVER_MAC, CLIENT_MAC);
            namespaces.run(MIDDLE, "sysctl", "-qw", "net.ipv4.ip_forward=1");
            namespaces.run(MIDDLE, "nft", RULES);
        }
    };

    /// Where frames come from, as 6 bytes of a number.
    public static final long CLIENT_MAC = 0x0200_0000_000AL;

    /// Where they go.
    public static final long SERVER_MAC = 0x0200_0000_000BL;

    /// 10.77.0.1, as in a frame.
    public static final int CLIENT_ADDRESS = 0x0A4D_0001;

    /// 10.78.0.1.
    public static final int SERVER_ADDRESS = 0x0A4E_0001;

    private static final String MIDDLE = "middle";
    private static final int ROUTER = 0xFE;
    private static final String RULES =
            "table inet filter { chain forward {"
                    + " type filter hook forward priority 0; policy drop;"
                    + " ct state established,related accept;"
                    + " iifname client ct state new accept; }; }";

    /// Builds it between client and server.
    abstract void connect(Namespaces namespaces)
            throws IOException, InterruptedException, LabException;

    private static void connectToMiddle(final Namespaces namespaces)
            throws IOException, InterruptedException, LabException {
        namespaces.add(MIDDLE);
        for (final String host : LabPlan.OUTSIDE_HOSTS) {
            namespaces.connect(host, LabPlan.CARD, MIDDLE, host);
        }
    }

    /// The router's interface to a host: it has the MAC address of the other one.
    private static void face(
            final Namespaces namespaces,
            final String host,
            final int address,
            final long mac,
            final long otherMac)
            throws IOException, InterruptedException, LabException {
        namespaces.within(MIDDLE, "link", "set", host, "address", mac(otherMac));
        final String own = text(address & ~0xFF | ROUTER) + "/24";
        namespaces.within(MIDDLE, "address", "add", own, "dev", host);
        namespaces.within(
                MIDDLE, "neighbour", "add", text(address), "lladdr", mac(mac), "dev", host);
    }

    private static String text(final int address) {
        return String.format(
                Locale.ROOT,
                "%d.%d.%d.%d",
                address >>> 24,
                address >>> 16 & 0xFF,
                address >>> 8 & 0xFF,
                address & 0xFF);
    }

    private static String mac(final long address) {
        final List<String> bytes = new ArrayList<>();
        for (int shift = 40; shift >= 0; shift -= 8) {
            bytes.add(String.format(Locale.ROOT, "%02x", address >>> shift & 0xFF));
        }
        return String.join(":", bytes);
    }
}
