package io.boomerang.sim.replay;

import io.boomerang.flow.Cidr;
import io.boomerang.flow.ParsedPacket;
import io.boomerang.flow.Side;
import io.boomerang.wire.EthernetHeader;
import io.boomerang.wire.Ipv4Header;
import io.boomerang.wire.Ipv6Header;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Set;

/// Decides for each packet of a capture, in their order, from which side it enters the chassis. One
/// thread; bounded as {@link FlowSides} and {@link MacSides} are.
public final class SideAssigner {
    private final SideRule rule;
    private final FlowSides flows = new FlowSides(FlowSides.DEFAULT_LIMIT);
    private final MacSides macs = new MacSides();
    private final EthernetHeader ethernet = new EthernetHeader();
    private final Ipv4Header ipv4 = new Ipv4Header();
    private final Ipv6Header ipv6 = new Ipv6Header();

    /// The interface of the first packet, when no interface was named.
    private int firstInterface = -1;

    /// Sender of the packet before, which needs no second look.
    private long learnedMac = -1;

    public SideAssigner(final SideRule rule) {
        this.rule = rule;
    }

    /// The side from which this frame comes.
    ///
    /// @param parsed what the parser says of it; fragments have their flow, where it is known
    public Side sideOf(
            final MemorySegment frame,
            final long offset,
            final int length,
            final int interfaceId,
            final ParsedPacket parsed) {
        return switch (rule) {
            case SideRule.FirstPacket() -> byFirstPacket(frame, offset, length, parsed);
            case SideRule.ByInterface(Set<Integer> ingress) -> byInterface(ingress, interfaceId);
            case SideRule.ByMac(Set<Long> ingress) -> byMac(ingress, frame, offset, length);
            case SideRule.ByCidr byCidr -> byCidr(byCidr, frame, offset, length, parsed);
        };
    }

    private Side byFirstPacket(
            final MemorySegment frame,
            final long offset,
            final int length,
            final ParsedPacket parsed) {
        if (!parsed.hasKey()) {
            return bySender(frame, offset, length);
        }
        final boolean initiatorIsB = flows.initiatorIsB(parsed.key(), parsed.sourceIsB());
        final Side side = initiatorIsB == parsed.sourceIsB() ? Side.INGRESS : Side.EGRESS;
        learnSender(frame, offset, length, side);
        return side;
    }

    private Side byInterface(final Set<Integer> ingress, final int interfaceId) {
        if (firstInterface < 0) {
            firstInterface = interfaceId;
        }
        final boolean isIngress =
                ingress.isEmpty() ? interfaceId == firstInterface : ingress.contains(interfaceId);
        return isIngress ? Side.INGRESS : Side.EGRESS;
    }

    private Side byMac(
            final Set<Long> ingress,
            final MemorySegment frame,
            final long offset,
            final int length) {
        if (ingress.isEmpty()) {
            return bySender(frame, offset, length);
        }
        final boolean isIngress =
                ethernet.wrap(frame, offset, offset + length)
                        && ingress.contains(ethernet.source());
        return isIngress ? Side.INGRESS : Side.EGRESS;
    }

    private Side byCidr(
            final SideRule.ByCidr blocks,
            final MemorySegment frame,
            final long offset,
            final int length,
            final ParsedPacket parsed) {
        final Side side =
                parsed.networkOffset() < 0
                        ? null
                        : byAddress(blocks, frame, offset, length, parsed);
        if (side == null) {
            return bySender(frame, offset, length);
        }
        learnSender(frame, offset, length, side);
        return side;
    }

    private @Nullable Side byAddress(
            final SideRule.ByCidr blocks,
            final MemorySegment frame,
            final long offset,
            final int length,
            final ParsedPacket parsed) {
        final long network = offset + parsed.networkOffset();
        final boolean isIpv6 = parsed.ipVersion() == 6;
        final long high;
        final long low;
        if (isIpv6) {
            if (!ipv6.wrap(frame, network, offset + length)) {
                return null;
            }
            high = ipv6.sourceHigh();
            low = ipv6.sourceLow();
        } else {
            if (!ipv4.wrap(frame, network, offset + length)) {
                return null;
            }
            high = 0;
            low = Integer.toUnsignedLong(ipv4.source());
        }
        for (final Cidr block : blocks.ingress()) {
            if (block.contains(isIpv6, high, low)) {
                return Side.INGRESS;
            }
        }
        return Side.EGRESS;
    }

    /// By what is known of the frame's Ethernet addresses.
    private Side bySender(final MemorySegment frame, final long offset, final int length) {
        return ethernet.wrap(frame, offset, offset + length)
                ? macs.sideOf(ethernet.source(), ethernet.destination())
                : Side.INGRESS;
    }

    private void learnSender(
            final MemorySegment frame, final long offset, final int length, final Side side) {
        if (ethernet.wrap(frame, offset, offset + length)) {
            final long source = ethernet.source();
            if (source != learnedMac) {
                macs.learn(source, side);
                learnedMac = source;
            }
        }
    }

    /// Packets of flows for which there was no memory left.
    public long unrememberedPackets() {
        return flows.unremembered();
    }
}
