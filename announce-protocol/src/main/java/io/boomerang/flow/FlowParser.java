package io.boomerang.flow;

import io.boomerang.wire.IcmpHeader;

import java.lang.foreign.MemorySegment;

/// From an Ethernet frame to the flow it belongs to. Answers for every sequence of bytes, allocates
/// nothing, throws nothing. One instance per thread.
///
/// A flow is: the pair of address and port with the protocol (TCP, UDP, UDP-Lite, SCTP, DCCP); the
/// addresses and the identifier (queries of ICMP and ICMPv6); the addresses and the protocol
/// (everything else). Errors of ICMP belong to the flow of the packet they quote and travel against
/// it. Fragments without ports belong to the flow of their datagram's first one.
public final class FlowParser {
    /// How many tunnels inside each other are entered.
    public static final int MAX_TUNNELS = 6;

    private final FlowRules rules;
    private final LinkLayer link = new LinkLayer();
    private final TunnelEntry tunnel = new TunnelEntry();
    private final IpLayer quote = new IpLayer();

    private IpLayer layer = new IpLayer();
    private IpLayer spare = new IpLayer();

    public FlowParser(final FlowRules rules) {
        this.rules = rules;
    }

    /// Parses the frame of `length` bytes at `offset` of a segment.
    public PacketClass parse(
            final MemorySegment frame,
            final long offset,
            final int length,
            final ParsedPacket into) {
        final long limit = offset + length;
        final int version = link.findFromEthernet(frame, offset, limit);
        into.clear(rules.vlanInKey() ? link.vlanDomain() : 0);
        if (version <= 0) {
            return into.setUnsteered(
                    version == LinkLayer.NOT_IP ? PacketClass.BRIDGED : PacketClass.MALFORMED,
                    link.reason());
        }
        final ParseReason damage = layer.parse(frame, link.offset(), limit, version, false);
        if (damage != ParseReason.NONE) {
            return into.setUnsteered(PacketClass.MALFORMED, damage);
        }
        into.setOutermost(layer, offset);
        final boolean inner = rules.innerOfTunnels() && enterTunnels(frame, limit);
        into.setFlowLayer(layer, offset, inner);
        return identify(frame, into);
    }

    /// Makes the innermost readable packet the layer of the flow; answers whether there is one.
    private boolean enterTunnels(final MemorySegment frame, final long frameEnd) {
        for (int depth = 0; depth < MAX_TUNNELS; depth++) {
            final int version = tunnel.enter(frame, layer, frameEnd);
            if (version == 0
                    || spare.parse(frame, tunnel.offset(), layer.endOffset(), version, false)
                            != ParseReason.NONE) {
                return depth != 0;
            }
            final IpLayer outer = layer;
            layer = spare;
            spare = outer;
        }
        return true;
    }

    private PacketClass identify(final MemorySegment frame, final ParsedPacket into) {
        if (layer.isLaterFragment()) {
            return into.setFragment();
        }
        if (layer.isIcmpError()) {
            return identifyQuote(frame, into);
        }
        final ParseReason local = layer.localReason();
        if (local != ParseReason.NONE) {
            return into.setUnsteered(PacketClass.BRIDGED, local);
        }
        return into.setFlow(layer);
    }

    private PacketClass identifyQuote(final MemorySegment frame, final ParsedPacket into) {
        final ParseReason damage =
                quote.parse(
                        frame,
                        layer.transportOffset() + IcmpHeader.LENGTH,
                        layer.endOffset(),
                        layer.version(),
                        true);
        if (damage != ParseReason.NONE) {
            return into.setUnsteered(PacketClass.MALFORMED, ParseReason.QUOTE);
        }
        if (quote.isLaterFragment()) {
            return into.setQuotedFragment(quote);
        }
        // An error about an error is forbidden (RFC 1122, RFC 4443) and quotes no flow.
        return quote.isIcmpError() ? into.setFlow(layer) : into.setQuotedFlow(quote);
    }
}
