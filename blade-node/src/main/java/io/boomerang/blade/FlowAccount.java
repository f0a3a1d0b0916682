package io.boomerang.blade;

import io.boomerang.announce.TcpPhase;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;

/// What a blade knows of one flow, for people.
///
/// @param ingressKey the flow as packets on the ingress side name it
/// @param egressKey the same on the egress side; another one when the processor translates
/// @param flowId of the flow
/// @param version of the session that was announced last
/// @param phase of the flow's life
/// @param openingSide where its first packet came from
/// @param live false when the flow is over and only remembered
/// @param announced whether redirectors were told of it: not before a packet has passed
/// @param ingressOwner node id of the redirector on the ingress side that was told last, 0 for none
/// @param egressOwner the same on the egress side
/// @param idleMs since its last packet, in milliseconds
/// @param leftMs until it ends without another packet, in milliseconds; 0 when it is over
public record FlowAccount(
        FlowKey ingressKey,
        FlowKey egressKey,
        long flowId,
        int version,
        TcpPhase phase,
        Side openingSide,
        boolean live,
        boolean announced,
        int ingressOwner,
        int egressOwner,
        long idleMs,
        long leftMs) {

    public boolean isTranslated() {
        return !ingressKey.equals(egressKey);
    }
}
