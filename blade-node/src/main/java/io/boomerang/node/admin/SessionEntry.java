package io.boomerang.node.admin;

import io.boomerang.announce.TcpPhase;
import io.boomerang.flow.FlowKey;

/// One session of a redirector, or one flow of a processor.
///
/// @param key as packets on the redirector's side name the flow; on a processor, on the ingress
///   side
/// @param egressKey the same on the egress side; equal to `key` on a redirector
/// @param blade node id of the blade that has the flow
/// @param flowId of the flow
/// @param incarnation of that blade when it announced the session
/// @param version of the session
/// @param phase of the flow's life
/// @param origin whose word it rests on: `announced`, `decided` or `cached`; on a processor
///   `processed`
/// @param live false when it is over and only remembered
/// @param leftMs of its time, in milliseconds; 0 when it is over
public record SessionEntry(
        FlowKey key,
        FlowKey egressKey,
        int blade,
        long flowId,
        int incarnation,
        int version,
        TcpPhase phase,
        String origin,
        boolean live,
        long leftMs) {}
