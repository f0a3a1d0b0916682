package io.boomerang.blade.processor;

import io.boomerang.blade.session.MarkerSession;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.ParsedPacket;
import io.boomerang.flow.Side;
import io.boomerang.flow.TupleRewriter;

/// Translates the source of flows that open from the ingress side to the chassis' address and a
/// port (or ICMP identifier) of this blade, and everything that comes back: answers, ICMP errors in
/// both directions with what they quote, fragments. Nothing may open from the egress side.
///
/// A translation is the flow's key on the egress side. It is unique there, so one port serves many
/// flows toward different remote endpoints. It is free again when the flow's marker is forgotten,
/// which is some time after the flow is over. Protocols without ports or identifier, and flows read
/// from inside a tunnel, pass untranslated and are counted.
public final class SourceNat implements PacketProcessor {
    private final NatConfig config;
    private final PortRange ports;
    private final IntegrityCheck integrity = new IntegrityCheck();
    private final TupleRewriter rewriter = new TupleRewriter();
    private final FlowKey farKey = new FlowKey();
    private long untranslatedCount;
    private long translationCount;

    /// @param ports this blade's own, {@link NatConfig#rangeOf}
    public SourceNat(final NatConfig config, final PortRange ports) {
        this.config = config;
        this.ports = ports;
    }

    /// All that is known of a flow is in its marker: the translation is its key on the far side.
    @Override
    public boolean canMoveFlows() {
        return true;
    }

    /// Packets that passed without translation because their protocol has nothing to translate.
    public long untranslatedCount() {
        return untranslatedCount;
    }

    /// Flows that were given a translation.
    public long translationCount() {
        return translationCount;
    }

    @Override
    public ProcessorVerdict process(final PacketContext context) {
        final ProcessorVerdict intact = integrity.check(context);
        if (intact.isDrop()) {
            return intact;
        }
        final MarkerSession marker = context.marker();
        if (marker == null) {
            return ProcessorVerdict.DROP_TABLE_FULL;
        }
        final ParsedPacket packet = context.packet();
        if (context.isOpening()) {
            final ProcessorVerdict opened = open(context, marker);
            if (opened.isDrop()) {
                return opened;
            }
        }
        if (!marker.isTranslated()) {
            untranslatedCount++;
            return ProcessorVerdict.PASS;
        }
        final boolean fromInside = context.arrivalSide() == marker.openingSide();
        if (context.isFromInitiator() != fromInside) {
            return ProcessorVerdict.DROP_OUT_OF_STATE;
        }
        return rewrite(context, packet, marker, fromInside);
    }

    private ProcessorVerdict open(final PacketContext context, final MarkerSession marker) {
        final ParsedPacket packet = context.packet();
        if (packet.isIcmpError()) {
            return ProcessorVerdict.DROP_UNRELATED_ERROR;
        }
        if (context.arrivalSide() == Side.EGRESS) {
            return ProcessorVerdict.DROP_UNSOLICITED;
        }
        if (packet.isLaterFragment()) {
            return ProcessorVerdict.DROP_OUT_OF_STATE;
        }
        if (marker.isTranslated()
                || packet.isTunnelled()
                || packet.key().kind() == FlowKey.KIND_ADDRESSES) {
            return ProcessorVerdict.PASS;
        }
        return translate(context, marker) ? ProcessorVerdict.PASS : ProcessorVerdict.DROP_NO_PORT;
    }

    private boolean translate(final PacketContext context, final MarkerSession marker) {
        final FlowKey key = context.packet().key();
        final boolean sourceIsB = context.packet().sourceIsB();
        final int ownPort = sourceIsB ? key.bPort() : key.aPort();
        final long hash = marker.hash(context.arrivalSide());
        final int attempts = Math.min(config.probeLimit(), ports.size() + 1);
        for (int attempt = 0; attempt < attempts; attempt++) {
            final boolean farSourceIsB =
                    setFarKey(key, sourceIsB, ports.candidate(ownPort, hash, attempt));
            if (!context.isFarKeyTaken(farKey) && context.translate(farKey, farSourceIsB)) {
                translationCount++;
                return true;
            }
        }
        return false;
    }

    /// The flow as it looks with this source port; an identifier stands on both ends of its key.
    private boolean setFarKey(final FlowKey key, final boolean sourceIsB, final int port) {
        final boolean ports = key.kind() == FlowKey.KIND_PORTS;
        final int remotePort = !ports ? port : sourceIsB ? key.aPort() : key.bPort();
        final long remoteHigh = sourceIsB ? key.aHigh() : key.bHigh();
        final long remoteLow = sourceIsB ? key.aLow() : key.bLow();
        if (key.isIpv6()) {
            return farKey.setIpv6(
                    key.protocol(),
                    key.kind(),
                    config.ipv6High(),
                    config.ipv6Low(),
                    port,
                    remoteHigh,
                    remoteLow,
                    remotePort,
                    key.vlanDomain());
        }
        return farKey.setIpv4(
                key.protocol(),
                key.kind(),
                (int) config.ipv4Low(),
                port,
                (int) remoteLow,
                remotePort,
                key.vlanDomain());
    }

    /// From inside, the source becomes what the far key has as the initiator's endpoint; from
    /// outside, the destination becomes what the original key has.
    private ProcessorVerdict rewrite(
            final PacketContext context,
            final ParsedPacket packet,
            final MarkerSession marker,
            final boolean fromInside) {
        final Side side = fromInside ? marker.farSide() : marker.openingSide();
        final FlowKey key = marker.key(side);
        final boolean b = marker.initiatorIsB(side);
        final long high = b ? key.bHigh() : key.aHigh();
        final long low = b ? key.bLow() : key.aLow();
        final int port = b ? key.bPort() : key.aPort();
        final boolean rewritten =
                fromInside
                        ? rewriter.translateSource(
                                context.frame(),
                                context.offset(),
                                context.length(),
                                packet,
                                high,
                                low,
                                port)
                        : rewriter.translateDestination(
                                context.frame(),
                                context.offset(),
                                context.length(),
                                packet,
                                high,
                                low,
                                port);
        return rewritten ? ProcessorVerdict.PASS : ProcessorVerdict.DROP_NOT_REWRITABLE;
    }
}
