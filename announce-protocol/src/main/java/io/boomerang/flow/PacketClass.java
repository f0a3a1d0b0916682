package io.boomerang.flow;

/// What the parser found a packet to be; it decides how the packet is steered.
public enum PacketClass {
    /// Of a flow: {@link ParsedPacket#key()} is valid.
    FLOW,
    /// A later fragment: {@link ParsedPacket#datagram()} leads to the flow.
    FRAGMENT,
    /// An ICMP error about a later fragment: {@link ParsedPacket#datagram()} is the one quoted.
    QUOTED_FRAGMENT,
    /// Of no flow (ARP, neighbour discovery, anything but IP): passes to the far side.
    BRIDGED,
    /// Damaged where its flow would stand.
    MALFORMED
}
