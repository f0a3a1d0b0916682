package io.boomerang.device;

import java.net.InetAddress;
import java.util.Map;

/// Appliances that speak GENEVE, one behind each processor.
///
/// @param networkIdentifier of all datagrams, both ways, 0 to 2^24 - 1
/// @param byBlade appliance by the name of the blade that speaks for it
public record ApplianceConfig(int networkIdentifier, Map<String, Place> byBlade) {
    /// Where an appliance and its blade meet.
    ///
    /// @param appliance where datagrams go to, and the only place that they are taken from
    /// @param own address of this blade, of the same family; its port 6081 has to be free
    public record Place(InetAddress appliance, InetAddress own) {
        public Place {
            if (appliance.getClass() != own.getClass()) {
                throw new IllegalArgumentException(
                        "an appliance and its blade have addresses of one family");
            }
        }
    }

    public ApplianceConfig {
        byBlade = Map.copyOf(byBlade);
    }
}
