package io.boomerang.node.config;

import io.boomerang.cluster.Member.Role;
import io.boomerang.device.ApplianceConfig;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads which appliances stand behind the processors of a chassis.
final class ApplianceReader {
    private static final int MAX_IDENTIFIER = (1 << 24) - 1;

    private ApplianceReader() {}

    /// What is wrong has been complained of.
    static ServiceConfig read(final Section service, final List<NodeConfig> nodes) {
        if (!service.has("appliance")) {
            service.complain("appliance", "is missing");
            return new ServiceConfig.Pass();
        }
        final Section section = service.section("appliance");
        final int identifier = section.number("network-identifier", 0, 0, MAX_IDENTIFIER);
        final Map<String, ApplianceConfig.Place> byBlade = new HashMap<>();
        for (final Section entry : section.sections("blades")) {
            readBlade(entry, byBlade);
        }
        section.end();
        for (final NodeConfig node : nodes) {
            if (node.role() == Role.BLADE && !byBlade.containsKey(node.blade())) {
                section.complain("blades", "names no appliance for " + node.blade());
            }
        }
        return new ServiceConfig.Appliance(new ApplianceConfig(identifier, byBlade));
    }

    private static void readBlade(
            final Section entry, final Map<String, ApplianceConfig.Place> byBlade) {
        final String blade = entry.text("blade");
        final @Nullable InetAddress address = entry.address("address");
        final @Nullable InetAddress own = entry.address("own-address");
        entry.end();
        if (address == null || own == null) {
            return;
        }
        try {
            byBlade.put(blade, new ApplianceConfig.Place(address, own));
        } catch (final IllegalArgumentException e) {
            entry.complain(String.valueOf(e.getMessage()));
        }
    }
}
