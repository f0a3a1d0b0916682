package io.boomerang.sim.report;

import com.fasterxml.jackson.annotation.JsonInclude;

import org.jspecify.annotations.Nullable;

/// One stored session, for people and programs.
///
/// @param flow as packets on the redirector's side name it; on a blade, on the ingress side
/// @param egressFlow as packets on the egress side name it, where that is another name
/// @param blade that holds the flow
/// @param incarnation of that blade when it said so
/// @param version of the session
/// @param flowId in hexadecimal
/// @param phase of the flow's life
/// @param leaseMs what is left of the session's time, in milliseconds; negative when it is over
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SessionRow(
        String flow,
        @Nullable String egressFlow,
        String blade,
        int incarnation,
        int version,
        String flowId,
        String phase,
        long leaseMs) {}
