package io.boomerang.backplane.udp;

/// What became of the datagrams of one node.
///
/// @param sent given to the kernel
/// @param sends how many calls they were; one carries up to {@link Lane#MAX_SEGMENTS} datagrams
/// @param received genuine ones
/// @param droppedUnknownNode were for a node without an address
/// @param droppedTooLong are longer than a UDP datagram can be
/// @param droppedFull found no room, because the kernel took none
/// @param sendsRefused calls that the kernel refused, with all their datagrams
/// @param refusedMalformed received, too short or no GENEVE
/// @param refusedUntagged received without a tag
/// @param refusedUnknownKey received with a key that is none of ours
/// @param refusedWrongTag received, not made with the key, not for this node or changed
/// @param refusedReplayed received again, or out of its time
public record UdpCounters(
        long sent,
        long sends,
        long received,
        long droppedUnknownNode,
        long droppedTooLong,
        long droppedFull,
        long sendsRefused,
        long refusedMalformed,
        long refusedUntagged,
        long refusedUnknownKey,
        long refusedWrongTag,
        long refusedReplayed) {}
