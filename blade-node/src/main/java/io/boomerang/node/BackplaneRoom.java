package io.boomerang.node;

import io.boomerang.backplane.FrameSeal;
import io.boomerang.backplane.RelayingBackplane;
import io.boomerang.backplane.SteeringHeader;
import io.boomerang.node.config.ChassisConfig;
import io.boomerang.node.config.ChassisConfig.BackplaneConfig;
import io.boomerang.node.config.NodeConfig;
import io.boomerang.port.PacketPort;
import io.boomerang.redirector.mtu.Oversize;
import io.boomerang.redirector.mtu.PacketFit;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;

/// How long a packet from outside may be so that the backplane carries it as one packet.
///
/// Around it come its Ethernet header with a VLAN tag, the steering header, the tag of the chassis,
/// UDP and IP. With the longest of headers nothing is ever fragmented. The usual ones are shorter:
/// without an announcement, a key, or the option of a detour, of which few packets have one.
final class BackplaneRoom {
    private static final Logger LOG = LogManager.getLogger(BackplaneRoom.class);

    private static final int ETHERNET_AND_VLAN = 14 + 4;
    private static final int IPV4_AND_UDP = 20 + 8;
    private static final int IPV6_AND_UDP = 40 + 8;

    private final BackplaneConfig backplane;
    private final InetAddress address;
    private final String interfaceName;

    private BackplaneRoom(
            final BackplaneConfig backplane,
            final InetAddress address,
            final String interfaceName) {
        this.backplane = backplane;
        this.address = address;
        this.interfaceName = interfaceName;
    }

    static BackplaneRoom of(final ChassisConfig config, final NodeConfig node) {
        return new BackplaneRoom(
                config.backplane(), node.backplane().getAddress(), node.outside().name());
    }

    private int around(final int steering) {
        return ETHERNET_AND_VLAN
                + steering
                + FrameSeal.BYTES
                + (address instanceof Inet6Address ? IPV6_AND_UDP : IPV4_AND_UDP);
    }

    /// The MTU that the backplane needs for packets of this length, whatever comes with them.
    int neededMtu(final int packet) {
        return packet + around(SteeringHeader.MAX_LENGTH + RelayingBackplane.RELAY_BYTES);
    }

    /// The longest packet that usually fits.
    int usualPacket() {
        return backplane.mtu() - around(SteeringHeader.USUAL_LENGTH);
    }

    /// Sees that the interface with this blade's address has the MTU that the chassis file says.
    ///
    /// @throws IOException when its MTU is smaller; the message names field and interface
    void requireMtu() throws IOException {
        final NetworkInterface own = NetworkInterface.getByInetAddress(address);
        if (own != null && own.getMTU() < backplane.mtu()) {
            throw new IOException(
                    "backplane.mtu: "
                            + backplane.mtu()
                            + " is more than the "
                            + own.getMTU()
                            + " of interface "
                            + own.getName()
                            + ", which has the address "
                            + address.getHostAddress());
        }
    }

    /// What is done about packets from outside that do not fit.
    ///
    /// @throws IOException when there may be such packets and the chassis file does not say what is
    ///   to become of them; the message names the fields
    PacketFit fit(final PacketPort outside) throws IOException {
        final int mtu = outside.mtu();
        if (neededMtu(mtu) > backplane.mtu()) {
            final String finding =
                    "backplane.mtu: %d does not carry the %d bytes that packets of interface %s may have; that takes %d"
                            .formatted(backplane.mtu(), mtu, interfaceName, neededMtu(mtu));
            if (backplane.oversize() == Oversize.REFUSE) {
                throw new IOException(
                        finding
                                + " there, or backplane.oversize: fragment, or backplane.oversize:"
                                + " too-big");
            }
            LOG.warn(
                    "{}; as backplane.oversize says, longer ones than {} {}",
                    finding,
                    usualPacket(),
                    backplane.oversize() == Oversize.FRAGMENT
                            ? "go in fragments"
                            : "are answered by ICMP");
        }
        return new PacketFit(
                Math.min(mtu, usualPacket()), backplane.oversize(), backplane.clampMss(), outside);
    }
}
