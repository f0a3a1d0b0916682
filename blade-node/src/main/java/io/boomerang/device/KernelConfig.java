package io.boomerang.device;

/// How a blade reaches the kernel that is its device.
///
/// @param ingressInterface of this blade, by which packets from the ingress side go to the device
///   and packets toward it come from there
/// @param egressInterface likewise for the egress side
/// @param namespace network namespace whose connection tracking is listened to, by its name or
///   path; `{blade}` in it stands for the blade's name; empty for the daemon's own
/// @param connectionTracking whether connection tracking is listened to at all; without it the
///   device must not translate
/// @param deviceMac address of the device's ends of both pairs, in the low 48 bits
public record KernelConfig(
        String ingressInterface,
        String egressInterface,
        String namespace,
        boolean connectionTracking,
        long deviceMac) {
    public KernelConfig {
        if (ingressInterface.equals(egressInterface)) {
            throw new IllegalArgumentException(
                    "both sides have interface " + ingressInterface + ", but need one each");
        }
        MacAddress.requireUnicast(deviceMac);
    }

    /// The namespace as a certain blade knows it.
    public String namespaceOf(final String blade) {
        return namespace.replace("{blade}", blade);
    }
}
