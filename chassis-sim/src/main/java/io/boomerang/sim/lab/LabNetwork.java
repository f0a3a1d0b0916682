package io.boomerang.sim.lab;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/// The hosts of a laboratory and the cables between them.
final class LabNetwork {
    /// The bridge between the blades, and each blade's interface to it.
    static final String BACKPLANE = "backplane";

    private static final String SWITCH_TRUNK = "trunk";

    private final Namespaces namespaces;
    private final LabPlan plan;
    private final Map<String, Integer> ports = new HashMap<>();

    LabNetwork(final Namespaces namespaces, final LabPlan plan) {
        this.namespaces = namespaces;
        this.plan = plan;
    }

    /// Makes them; what has been made when this fails stays.
    void build() throws IOException, InterruptedException, LabException {
        namespaces.add(LabPlan.HUB);
        namespaces.within(LabPlan.HUB, "link", "add", BACKPLANE, "type", "bridge");
        namespaces.within(LabPlan.HUB, "link", "set", BACKPLANE, "up");
        for (final String outside : LabPlan.OUTSIDE_HOSTS) {
            namespaces.add(outside);
            if (plan.hasSwitches()) {
                namespaces.add(LabPlan.switchOf(outside));
                namespaces.connect(outside, LabPlan.CARD, LabPlan.switchOf(outside), SWITCH_TRUNK);
            }
        }
        for (final LabBlade blade : plan.chassis()) {
            namespaces.add(blade.name());
            addToBackplane(blade);
            if (blade.isRedirector()) {
                addOutside(blade);
            }
        }
        addAddresses(LabPlan.CLIENT, LabPlan.CLIENT_ADDRESS, LabPlan.CLIENT_ADDRESS6);
        addAddresses(LabPlan.SERVER, LabPlan.SERVER_ADDRESS, LabPlan.SERVER_ADDRESS6);
        KernelDevice.build(namespaces, plan);
        if (HandoffHosts.areIn(plan.options())) {
            new HandoffHosts(plan).build(namespaces);
        }
    }

    private String nextPort(final String host) {
        return "port" + ports.merge(host, 1, Integer::sum);
    }

    private void addToBackplane(final LabBlade blade)
            throws IOException, InterruptedException, LabException {
        final String port = nextPort(LabPlan.HUB);
        final String mtu = String.valueOf(plan.options().backplaneMtu());
        namespaces.connect(blade.name(), BACKPLANE, LabPlan.HUB, port);
        namespaces.within(blade.name(), "link", "set", BACKPLANE, "mtu", mtu);
        namespaces.within(LabPlan.HUB, "link", "set", port, "mtu", mtu, "master", BACKPLANE);
        address(blade.name(), BACKPLANE, blade.address());
    }

    private void addOutside(final LabBlade blade)
            throws IOException, InterruptedException, LabException {
        final String there = plan.hasSwitches() ? nextPort(blade.neighbour()) : LabPlan.CARD;
        namespaces.connect(blade.neighbour(), there, blade.name(), LabPlan.OUTSIDE);
    }

    private void addAddresses(final String host, final String ipv4, final String ipv6)
            throws IOException, InterruptedException, LabException {
        address(host, LabPlan.CARD, ipv4);
        address(host, LabPlan.CARD, ipv6);
    }

    /// Without duplicate address detection, which would keep an IPv6 address back for a second.
    private void address(final String host, final String end, final String address)
            throws IOException, InterruptedException, LabException {
        if (address.indexOf(':') < 0) {
            namespaces.within(host, "address", "add", address + "/24", "dev", end);
        } else {
            namespaces.within(host, "address", "add", address + "/64", "dev", end, "nodad");
        }
    }
}
