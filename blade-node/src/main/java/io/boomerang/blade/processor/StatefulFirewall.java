package io.boomerang.blade.processor;

import io.boomerang.blade.session.FlowState;
import io.boomerang.flow.ParsedPacket;
import io.boomerang.flow.Side;
import io.boomerang.wire.IcmpHeader;
import io.boomerang.wire.IpProtocol;
import io.boomerang.wire.Ipv4Header;
import io.boomerang.wire.TcpHeader;

/// Lets a flow open if the {@link FirewallRules} allow it, and then only what belongs to it: TCP
/// segments that fit the connection's state and windows, answers to ICMP queries, ICMP errors about
/// the flow, the later fragments of its datagrams. What is damaged is dropped first.
///
/// A flow whose directions are steered to different blades breaks here: the blade that sees only
/// one of them has no state for the other.
public final class StatefulFirewall implements PacketProcessor {
    private final FirewallRules rules;
    private final IntegrityCheck integrity = new IntegrityCheck();
    private final TcpHeader tcp = new TcpHeader();
    private final IcmpHeader icmp = new IcmpHeader();
    private final TcpSegment segment = new TcpSegment();
    private long pickedUpCount;

    public StatefulFirewall(final FirewallRules rules) {
        this.rules = rules;
    }

    @Override
    public FlowState newFlowState() {
        return new TcpConnection();
    }

    @Override
    public boolean canMoveFlows() {
        return true;
    }

    /// TCP connections that were joined in mid-stream.
    public long pickedUpCount() {
        return pickedUpCount;
    }

    @Override
    public ProcessorVerdict process(final PacketContext context) {
        final ProcessorVerdict intact = integrity.check(context);
        if (intact.isDrop()) {
            return intact;
        }
        final ParsedPacket packet = context.packet();
        if (context.marker() == null) {
            return ProcessorVerdict.DROP_TABLE_FULL;
        }
        if (packet.isIcmpError()) {
            return context.isOpening()
                    ? ProcessorVerdict.DROP_UNRELATED_ERROR
                    : ProcessorVerdict.PASS;
        }
        if (packet.isLaterFragment()) {
            return context.isOpening() ? ProcessorVerdict.DROP_OUT_OF_STATE : ProcessorVerdict.PASS;
        }
        if (packet.isTunnelled()) {
            return judgeFlow(context);
        }
        return switch (packet.protocol()) {
            case IpProtocol.TCP -> judgeTcp(context);
            case IpProtocol.ICMP, IpProtocol.ICMPV6 -> judgeIcmp(context);
            default -> judgeFlow(context);
        };
    }

    /// Pseudo-state: whoever may open the flow has opened it for both directions.
    private ProcessorVerdict judgeFlow(final PacketContext context) {
        return context.isOpening() ? mayOpen(context) : ProcessorVerdict.PASS;
    }

    private ProcessorVerdict mayOpen(final PacketContext context) {
        final ParsedPacket packet = context.packet();
        return rules.allow(context.arrivalSide(), packet.key(), packet.sourceIsB())
                ? ProcessorVerdict.PASS
                : ProcessorVerdict.DROP_DENIED;
    }

    /// A query from the side that answered so far is a new one and needs a rule of its own.
    private ProcessorVerdict judgeIcmp(final PacketContext context) {
        final ParsedPacket packet = context.packet();
        final long transport = context.offset() + packet.transportOffset();
        if (!icmp.wrap(context.frame(), transport, context.offset() + packet.endOffset())) {
            return judgeFlow(context);
        }
        final boolean answer = isAnswer(packet.ipVersion(), icmp.type());
        if (context.isOpening()) {
            return answer ? ProcessorVerdict.DROP_OUT_OF_STATE : mayOpen(context);
        }
        if (context.isFromInitiator() == answer
                && isQueryOrAnswer(packet.ipVersion(), icmp.type())) {
            return answer ? ProcessorVerdict.DROP_OUT_OF_STATE : mayOpen(context);
        }
        return ProcessorVerdict.PASS;
    }

    private static boolean isQueryOrAnswer(final int version, final int type) {
        if (version == Ipv4Header.VERSION) {
            return type == IcmpHeader.ECHO_REPLY
                    || type == IcmpHeader.ECHO_REQUEST
                    || type >= IcmpHeader.TIMESTAMP && type <= IcmpHeader.ADDRESS_MASK_REPLY;
        }
        return type == IcmpHeader.V6_ECHO_REQUEST || type == IcmpHeader.V6_ECHO_REPLY;
    }

    /// From timestamp to address mask, queries are odd and their answers even.
    private static boolean isAnswer(final int version, final int type) {
        if (version == Ipv4Header.VERSION) {
            return type == IcmpHeader.ECHO_REPLY
                    || type > IcmpHeader.TIMESTAMP
                            && type <= IcmpHeader.ADDRESS_MASK_REPLY
                            && (type & 1) == 0;
        }
        return type == IcmpHeader.V6_ECHO_REPLY;
    }

    private ProcessorVerdict judgeTcp(final PacketContext context) {
        final ParsedPacket packet = context.packet();
        final long transport = context.offset() + packet.transportOffset();
        if (!tcp.wrap(context.frame(), transport, context.offset() + packet.endOffset())) {
            return ProcessorVerdict.DROP_MALFORMED;
        }
        segment.read(
                context.frame(),
                tcp,
                IntegrityCheck.claimedTransportLength(context) - tcp.headerLength());
        if (!segment.hasPossibleFlags()) {
            return ProcessorVerdict.DROP_MALFORMED;
        }
        final TcpConnection connection = (TcpConnection) context.flowState();
        if (context.isOpening()) {
            return openTcp(context, connection);
        }
        if (connection.isClosed() && segment.isSyn()) {
            final ProcessorVerdict allowed = mayOpen(context);
            if (!allowed.isDrop()) {
                connection.open(segment);
            }
            return allowed;
        }
        return connection.advance(segment, context.isFromInitiator());
    }

    private ProcessorVerdict openTcp(final PacketContext context, final TcpConnection connection) {
        final boolean pickUp = !segment.isSyn();
        if (pickUp
                && (!rules.tcpPickup()
                        || context.arrivalSide() != Side.INGRESS
                        || segment.hasRst())) {
            return ProcessorVerdict.DROP_OUT_OF_STATE;
        }
        final ProcessorVerdict allowed = mayOpen(context);
        if (allowed.isDrop()) {
            return allowed;
        }
        if (pickUp) {
            pickedUpCount++;
            connection.pickUp(segment);
        } else {
            connection.open(segment);
        }
        return ProcessorVerdict.PASS;
    }
}
