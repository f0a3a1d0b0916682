package io.boomerang.backplane.udp;

import io.boomerang.backplane.ChassisKeys;
import io.boomerang.backplane.FrameSeal;
import io.boomerang.cluster.Member;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;

/// How a node takes part in the backplane's network.
///
/// @param local where to listen; its family is that of all
/// @param peers where the other nodes listen, by node
/// @param keys with which nodes know each other's datagrams
/// @param frameBytes how much of a frame a tag covers, in bytes, see {@link FrameSeal}
/// @param mtu of the backplane's interface, in bytes: longer packets are fragmented by the kernel
/// @param socketBytes of the kernel's receive buffer, and of its send buffer
public record UdpConfig(
        InetSocketAddress local,
        Map<Integer, InetSocketAddress> peers,
        ChassisKeys keys,
        int frameBytes,
        int mtu,
        int socketBytes) {
    /// GENEVE, as registered (RFC 8926, section 8).
    public static final int PORT = 6_081;

    public static final int USUAL_MTU = 1_500;
    public static final int USUAL_SOCKET_BYTES = 4 << 20;

    /// What every IPv6 link carries (RFC 8200, section 5).
    public static final int MIN_MTU = 1_280;

    public static final int MAX_MTU = 65_535;
    public static final int MIN_SOCKET_BYTES = 1 << 16;
    public static final int MAX_SOCKET_BYTES = 1 << 30;

    private static final int IPV4_AND_UDP = 20 + 8;
    private static final int IPV6_AND_UDP = 40 + 8;

    public UdpConfig {
        peers = Map.copyOf(peers);
        require("mtu", mtu, MIN_MTU, MAX_MTU);
        require("socketBytes", socketBytes, MIN_SOCKET_BYTES, MAX_SOCKET_BYTES);
        requireResolved(local);
        peers.forEach((node, address) -> {
            require("node", node, 1, Member.MAX_NODE);
            requireResolved(address);
            if (isIpv6(address.getAddress()) != isIpv6(local.getAddress())) {
                throw new IllegalArgumentException(
                        "node " + node + " listens on " + address + ", but this one on " + local);
            }
        });
    }

    private static void requireResolved(final InetSocketAddress address) {
        if (address.isUnresolved()) {
            throw new IllegalArgumentException("no address is known for " + address);
        }
    }

    private static void require(
            final String field, final int value, final int least, final int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    field + " " + value + " is outside " + least + ".." + most);
        }
    }

    boolean isIpv6() {
        return isIpv6(local.getAddress());
    }

    private static boolean isIpv6(final InetAddress address) {
        return address instanceof Inet6Address;
    }

    /// The longest datagram that is one packet.
    int packetBytes() {
        return mtu - (isIpv6() ? IPV6_AND_UDP : IPV4_AND_UDP);
    }
}
