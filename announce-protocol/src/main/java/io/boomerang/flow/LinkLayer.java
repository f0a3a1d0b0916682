package io.boomerang.flow;

import io.boomerang.wire.EtherType;
import io.boomerang.wire.EthernetHeader;
import io.boomerang.wire.MplsLabel;
import io.boomerang.wire.NetworkOrder;
import io.boomerang.wire.PppHeader;
import io.boomerang.wire.PppoeHeader;
import io.boomerang.wire.VlanTag;

import java.lang.foreign.MemorySegment;

/// Finds the IP packet behind any stack of link headers: Ethernet, VLAN tags, LLC/SNAP, MPLS,
/// pseudowires, PPPoE. Every step consumes bytes of the frame, so the frame's length bounds it.
///
/// The `find` methods answer 4 or 6 and leave the packet's place in {@link #offset()}; {@link
/// #NOT_IP} or {@link #DAMAGED} and leave the {@link #reason()}.
final class LinkLayer {
    static final int NOT_IP = 0;
    static final int DAMAGED = -1;

    /// The same as {@link #NOT_IP} among EtherTypes, where 0 is one.
    private static final int STOP = -2;

    private static final int IPV4 = 4;
    private static final int IPV6 = 6;

    /// LLC before an EtherType (RFC 1042): both service access points 0xAA, unnumbered information,
    /// and the organisation zero.
    private static final int SNAP_HEAD = 0xAAAA0300;

    private static final int SNAP_LENGTH = 8;

    /// LLC's own number for IP.
    private static final int LLC_IP_POINTS = 0x0606;

    private static final int LLC_UNNUMBERED = 0x03;
    private static final int LLC_LENGTH = 3;

    /// Tag, source interface and so on of a VN-tag, then the next EtherType.
    private static final int VN_TAG_LENGTH = 6;

    private static final int PSEUDOWIRE_CONTROL_LENGTH = 4;

    private static final int VLAN_ID_BITS = 12;
    private static final int EXACT_VLANS = 2;
    private static final int FINGERPRINT = 1 << 31;

    private final EthernetHeader ethernet = new EthernetHeader();
    private final VlanTag vlan = new VlanTag();
    private final MplsLabel label = new MplsLabel();
    private final PppoeHeader pppoe = new PppoeHeader();
    private final PppHeader ppp = new PppHeader();

    private long offset;
    private ParseReason reason = ParseReason.NONE;
    private int vlanCount;
    private int vlanBits;

    int findFromEthernet(final MemorySegment frame, final long start, final long limit) {
        vlanCount = 0;
        vlanBits = 0;
        offset = start;
        return walk(frame, limit, ethernet(frame, limit));
    }

    int findFromPpp(final MemorySegment frame, final long start, final long limit) {
        offset = start;
        return walk(frame, limit, ppp(frame, limit));
    }

    int findFromMpls(final MemorySegment frame, final long start, final long limit) {
        offset = start;
        return walk(frame, limit, EtherType.MPLS_UNICAST);
    }

    /// Where the IP packet begins.
    long offset() {
        return offset;
    }

    ParseReason reason() {
        return reason;
    }

    /// The tags since {@link #findFromEthernet} in 32 bits: 0 without any; the count and the ids of
    /// up to two; a fingerprint of more.
    int vlanDomain() {
        if (vlanCount <= EXACT_VLANS) {
            return vlanCount << EXACT_VLANS * VLAN_ID_BITS | vlanBits;
        }
        return FINGERPRINT | vlanBits;
    }

    private int walk(final MemorySegment frame, final long limit, final int first) {
        int type = first;
        while (true) {
            switch (type) {
                case EtherType.IPV4 -> {
                    return IPV4;
                }
                case EtherType.IPV6 -> {
                    return IPV6;
                }
                case DAMAGED -> {
                    return DAMAGED;
                }
                case STOP -> {
                    return NOT_IP;
                }
                case EtherType.VLAN,
                        EtherType.PROVIDER_VLAN,
                        EtherType.OLD_QINQ_9100,
                        EtherType.OLD_QINQ_9200,
                        EtherType.OLD_QINQ_9300 ->
                        type = vlan(frame, limit);
                case EtherType.VN_TAG -> type = vnTag(frame, limit);
                case EtherType.MPLS_UNICAST, EtherType.MPLS_MULTICAST -> type = mpls(frame, limit);
                case EtherType.PPPOE_SESSION -> type = pppoe(frame, limit);
                case EtherType.TRANSPARENT_ETHERNET -> type = ethernet(frame, limit);
                case EtherType.ARP -> type = stop(ParseReason.ARP);
                case EtherType.PPPOE_DISCOVERY -> type = stop(ParseReason.PPPOE_DISCOVERY);
                default ->
                        type =
                                type < EtherType.FIRST
                                        ? llc(frame, limit)
                                        : stop(ParseReason.NOT_IP);
            }
        }
    }

    /// This and the following steps consume one header and answer the EtherType of what follows, or
    /// {@link #DAMAGED} or {@link #STOP}.
    private int ethernet(final MemorySegment frame, final long limit) {
        if (!ethernet.wrap(frame, offset, limit)) {
            return damaged(ParseReason.ETHERNET_TRUNCATED);
        }
        offset += EthernetHeader.LENGTH;
        return ethernet.etherType();
    }

    private int vlan(final MemorySegment frame, final long limit) {
        if (!vlan.wrap(frame, offset, limit)) {
            return damaged(ParseReason.VLAN_TRUNCATED);
        }
        addVlan(vlan.vlanId());
        offset += VlanTag.LENGTH;
        return vlan.etherType();
    }

    private void addVlan(final int vlanId) {
        vlanCount++;
        if (vlanCount <= EXACT_VLANS) {
            vlanBits = vlanBits << VLAN_ID_BITS | vlanId;
        } else {
            final int mixed = (vlanBits * 0x9E3779B1 ^ vlanId) * 0x85EBCA6B;
            vlanBits = mixed ^ mixed >>> 15;
        }
    }

    private int vnTag(final MemorySegment frame, final long limit) {
        if (limit - offset < VN_TAG_LENGTH) {
            return damaged(ParseReason.VLAN_TRUNCATED);
        }
        offset += VN_TAG_LENGTH;
        return unsignedShort(frame, offset - Short.BYTES);
    }

    private int mpls(final MemorySegment frame, final long limit) {
        do {
            if (!label.wrap(frame, offset, limit)) {
                return damaged(ParseReason.MPLS_TRUNCATED);
            }
            offset += MplsLabel.LENGTH;
        } while (!label.isBottom());
        if (offset >= limit) {
            return damaged(ParseReason.MPLS_TRUNCATED);
        }
        return switch (frame.get(NetworkOrder.BYTE, offset) >>> 4 & 0xF) {
            case IPV4 -> EtherType.IPV4;
            case IPV6 -> EtherType.IPV6;
            case 0 -> pseudowire(frame, limit);
            default -> stop(ParseReason.MPLS_NOT_IP);
        };
    }

    /// Labels say nothing of what they carry; a zero where IP has its version is the control word
    /// before an Ethernet frame (RFC 4448).
    private int pseudowire(final MemorySegment frame, final long limit) {
        if (!ethernet.wrap(frame, offset + PSEUDOWIRE_CONTROL_LENGTH, limit)) {
            return stop(ParseReason.MPLS_NOT_IP);
        }
        offset += PSEUDOWIRE_CONTROL_LENGTH + EthernetHeader.LENGTH;
        return ethernet.etherType();
    }

    private int pppoe(final MemorySegment frame, final long limit) {
        if (!pppoe.wrap(frame, offset, limit)) {
            return damaged(ParseReason.PPP_TRUNCATED);
        }
        if (pppoe.code() != 0) {
            return stop(ParseReason.PPPOE_DISCOVERY);
        }
        offset += PppoeHeader.LENGTH;
        return ppp(frame, limit);
    }

    private int ppp(final MemorySegment frame, final long limit) {
        if (!ppp.wrap(frame, offset, limit)) {
            return damaged(ParseReason.PPP_TRUNCATED);
        }
        offset += ppp.headerLength();
        return switch (ppp.protocol()) {
            case PppHeader.IPV4 -> EtherType.IPV4;
            case PppHeader.IPV6 -> EtherType.IPV6;
            case PppHeader.MPLS_UNICAST, PppHeader.MPLS_MULTICAST -> EtherType.MPLS_UNICAST;
            default -> stop(ParseReason.PPP_NOT_IP);
        };
    }

    private int llc(final MemorySegment frame, final long limit) {
        if (limit - offset >= SNAP_LENGTH
                && frame.get(NetworkOrder.INT, offset) == SNAP_HEAD
                && unsignedShort(frame, offset + Integer.BYTES) == 0) {
            offset += SNAP_LENGTH;
            return unsignedShort(frame, offset - Short.BYTES);
        }
        if (limit - offset >= LLC_LENGTH
                && unsignedShort(frame, offset) == LLC_IP_POINTS
                && frame.get(NetworkOrder.BYTE, offset + Short.BYTES) == LLC_UNNUMBERED) {
            offset += LLC_LENGTH;
            return EtherType.IPV4;
        }
        return stop(ParseReason.LLC);
    }

    private int damaged(final ParseReason why) {
        reason = why;
        return DAMAGED;
    }

    private int stop(final ParseReason why) {
        reason = why;
        return STOP;
    }

    private static int unsignedShort(final MemorySegment frame, final long at) {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, at));
    }
}
