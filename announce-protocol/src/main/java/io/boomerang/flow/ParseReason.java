package io.boomerang.flow;

/// Why a packet is {@link PacketClass#BRIDGED} or {@link PacketClass#MALFORMED}. Counters and logs
/// are named after it.
public enum ParseReason {
    /// The packet is steered.
    NONE,

    ARP,
    /// An EtherType that carries no IP.
    NOT_IP,
    /// IEEE 802.2 frames: spanning tree and the like.
    LLC,
    /// MPLS over something that is neither IP nor an Ethernet pseudowire.
    MPLS_NOT_IP,
    PPPOE_DISCOVERY,
    /// LCP, IPCP and everything else that PPP carries besides IP and MPLS.
    PPP_NOT_IP,
    IGMP,
    /// Neighbour and multicast listener discovery and their kin, which concern the link only.
    ICMPV6_LOCAL,

    ETHERNET_TRUNCATED,
    VLAN_TRUNCATED,
    MPLS_TRUNCATED,
    PPP_TRUNCATED,
    IPV4_HEADER,
    IPV4_TOTAL_LENGTH,
    IPV6_HEADER,
    IPV6_EXTENSION,
    /// The ports, or the identifier of an ICMP query, are missing.
    TRANSPORT_TRUNCATED,
    /// The flow of the packet that an ICMP error quotes cannot be read.
    QUOTE
}
