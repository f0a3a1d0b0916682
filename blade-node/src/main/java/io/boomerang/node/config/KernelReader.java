package io.boomerang.node.config;

import io.boomerang.device.KernelConfig;
import io.boomerang.flow.FlowRules;

/// Reads how processors reach the kernel that is their device.
final class KernelReader {
    /// What the device's ends of the pairs have if nothing is said.
    static final String USUAL_MAC = "02:00:00:00:00:01";

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
        final String ingress = kernel.interfaceName("ingress-interface");
        final String egress = kernel.interfaceName("egress-interface");
        final String namespace = kernel.text("namespace", "");
        final boolean tracking = kernel.flag("connection-tracking", true);
        final long mac = kernel.macAddress("device-mac", USUAL_MAC);
        kernel.end();
        try {
            return new ServiceConfig.Kernel(
                    new KernelConfig(ingress, egress, namespace, tracking, mac));
        } catch (final IllegalArgumentException e) {
            kernel.complain(String.valueOf(e.getMessage()));
            return new ServiceConfig.Pass();
        }
    }
}
