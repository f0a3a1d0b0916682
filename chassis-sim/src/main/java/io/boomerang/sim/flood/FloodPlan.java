package io.boomerang.sim.flood;

import io.boomerang.blade.announcer.AnnouncePolicy;

/// A chassis, those who use it and those who flood it.
///
/// @param attack what the flood is made of
/// @param connections established before, which must not lose a packet
/// @param packetsPerSecond of their clients, all together; each is answered
/// @param openingsPerSecond connections that clients begin, all the time
/// @param factor how many times as many packets the attackers send as the clients of established
///   connections
/// @param answered whether servers answer the attackers' packets
/// @param seconds of the time before the flood, of the flood, and of the time after it, each
/// @param redirectors on each side
/// @param blades processing blades
/// @param sessions capacity of each redirector
/// @param markers capacity of each blade
/// @param announce how far sides learn of flows
/// @param embryonicPackets with which packet a blade announces a flow that is not established, 1
///   for the first one
/// @param seed of all chance
public record FloodPlan(
        Attack attack,
        int connections,
        int packetsPerSecond,
        int openingsPerSecond,
        int factor,
        boolean answered,
        int seconds,
        int redirectors,
        int blades,
        int sessions,
        int markers,
        AnnouncePolicy announce,
        int embryonicPackets,
        long seed) {}
