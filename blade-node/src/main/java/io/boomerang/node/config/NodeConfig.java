package io.boomerang.node.config;

import io.boomerang.cluster.Member.Role;

import java.net.InetSocketAddress;

/// One node of the chassis: a redirector or a processor, on a blade.
///
/// @param node node id, unique in the chassis
/// @param name what it is called in views and logs: as its blade, if nothing else runs there
/// @param blade the blade on which it runs
/// @param role what it does
/// @param backplane where it listens for frames
/// @param cluster where it listens for members
/// @param outside of a redirector, the interface to its outside network; else none
/// @param weight of a processor, how many new flows it takes, measured against the others; else 0
/// @param index of a processor, how many of them have a smaller id; else 0
public record NodeConfig(
        int node,
        String name,
        String blade,
        Role role,
        InetSocketAddress backplane,
        InetSocketAddress cluster,
        OutsideInterface outside,
        int weight,
        int index) {}
