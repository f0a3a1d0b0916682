package io.boomerang.node.config;

import io.boomerang.device.KernelConfig;
import io.boomerang.flow.FlowRules;

import java.util.HexFormat;
import java.util.regex.Pattern;

/// Reads how processors reach the kernel that is their device.
final class KernelReader {
    /// What the device's ends of the pairs have if nothing is said.
    private static final String USUAL_MAC = "02:00:00:00:00:01";

    private static final Pattern MAC = Pattern.compile("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}");

    private KernelReader() {}

    /// Something harmless where it is wrong, which has been complained of.
    static ServiceConfig read(final Section service, final FlowRules rules) {
        if (!service.has("kernel")) {
            service.complain("kernel", "is missing");
            return new ServiceConfig.Pass();
        }
        if (rules.vlanInKey()) {
            service.complain(
                    "processor", "the kernel cannot tell VLANs apart, as flows.vlan-in-key wants");
        }
        final Section kernel = service.section("kernel");
        final String ingress = interfaceName(kernel, "ingress-interface");
        final String egress = interfaceName(kernel, "egress-interface");
        final String namespace = kernel.text("namespace", "");
        final boolean tracking = kernel.flag("connection-tracking", true);
        final String mac = kernel.text("device-mac", USUAL_MAC);
        kernel.end();
        if (!MAC.matcher(mac).matches()) {
            kernel.complain("device-mac", "'" + mac + "' is not six bytes as " + USUAL_MAC);
            return new ServiceConfig.Pass();
        }
        try {
            return new ServiceConfig.Kernel(
                    new KernelConfig(
                            ingress,
                            egress,
                            namespace,
                            tracking,
                            HexFormat.fromHexDigitsToLong(mac.replace(":", ""))));
        } catch (final IllegalArgumentException e) {
            kernel.complain(String.valueOf(e.getMessage()));
            return new ServiceConfig.Pass();
        }
    }

    private static String interfaceName(final Section section, final String field) {
        final String name = section.text(field);
        if (!name.isEmpty() && !BladesReader.INTERFACE.matcher(name).matches()) {
            section.complain(field, "'" + name + "' cannot be an interface's name");
        }
        return name;
    }
}
