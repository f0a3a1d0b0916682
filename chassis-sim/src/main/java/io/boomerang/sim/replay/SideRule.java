package io.boomerang.sim.replay;

import io.boomerang.flow.Cidr;

import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/// How a replay finds out from which outside network each packet of a capture came.
public sealed interface SideRule {
    /// Every flow's first packet came from the ingress network, and so did all that went the same
    /// way.
    record FirstPacket() implements SideRule {}

    /// Packets of these interfaces came from the ingress network, all others from the egress one.
    ///
    /// @param ingress numbers of interfaces over all sections of the file; empty: the interface of
    ///   the file's first packet
    record ByInterface(Set<Integer> ingress) implements SideRule {
        public ByInterface {
            ingress = Set.copyOf(ingress);
        }
    }

    /// Packets from these Ethernet addresses came from the ingress network, all others from the
    /// egress one.
    ///
    /// @param ingress addresses in the low 48 bits; empty: the sender of the first packet is on the
    ///   ingress side, and whom it talks to on the other
    record ByMac(Set<Long> ingress) implements SideRule {
        public ByMac {
            ingress = Set.copyOf(ingress);
        }
    }

    /// Packets from IP addresses in these blocks came from the ingress network, all others from the
    /// egress one.
    record ByCidr(List<Cidr> ingress) implements SideRule {
        public ByCidr {
            ingress = List.copyOf(ingress);
            if (ingress.isEmpty()) {
                throw new IllegalArgumentException("at least one block of addresses is needed");
            }
        }
    }

    /// Reads `00:11:22:aa:bb:cc`, also with dashes.
    ///
    /// @throws IllegalArgumentException with a message for users
    static long parseMac(final String text) {
        final String digits = text.replace(":", "").replace("-", "");
        if (digits.length() != 12) {
            throw new IllegalArgumentException("'" + text + "' is no Ethernet address");
        }
        try {
            return HexFormat.fromHexDigitsToLong(digits);
        } catch (final IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "' is no Ethernet address", e);
        }
    }
}
