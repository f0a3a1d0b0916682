package io.boomerang.conntrack;

import io.boomerang.flow.FlowKey;
import io.boomerang.wire.IpProtocol;

/// One direction of a tracked connection: where its packets come from and go to (`CTA_TUPLE_*`,
/// linux/netfilter/nfnetlink_conntrack.h). Mutable, reused; belongs to one thread.
public final class ConntrackTuple {
    // enum ctattr_tuple
    static final int CTA_TUPLE_IP = 1;
    static final int CTA_TUPLE_PROTO = 2;

    // enum ctattr_ip
    static final int CTA_IP_V4_SRC = 1;
    static final int CTA_IP_V4_DST = 2;
    static final int CTA_IP_V6_SRC = 3;
    static final int CTA_IP_V6_DST = 4;

    // enum ctattr_l4proto
    static final int CTA_PROTO_NUM = 1;
    static final int CTA_PROTO_SRC_PORT = 2;
    static final int CTA_PROTO_DST_PORT = 3;
    static final int CTA_PROTO_ICMP_ID = 4;
    static final int CTA_PROTO_ICMPV6_ID = 7;

    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;

    private final AttributeCursor outer = new AttributeCursor();
    private final AttributeCursor inner = new AttributeCursor();

    private boolean ipv6;
    private boolean hasSource;
    private boolean hasDestination;
    private boolean legal;
    private int protocol;
    private long sourceHigh;
    private long sourceLow;
    private long destinationHigh;
    private long destinationLow;
    private int sourcePort;
    private int destinationPort;
    private int identifier;

    /// Reads the tuple at which the cursor stands; false when it is none: an address or the
    /// protocol is missing, a value is too short.
    boolean read(final AttributeCursor cursor) {
        clear();
        outer.enter(cursor);
        while (outer.advance()) {
            inner.enter(outer);
            switch (outer.type()) {
                case CTA_TUPLE_IP -> readAddresses();
                case CTA_TUPLE_PROTO -> readProtocol();
                default -> {}
            }
            legal &= !inner.isMalformed();
        }
        return legal && !outer.isMalformed() && hasSource && hasDestination && protocol != 0;
    }

    private void clear() {
        ipv6 = false;
        hasSource = false;
        hasDestination = false;
        legal = true;
        protocol = 0;
        sourcePort = 0;
        destinationPort = 0;
        identifier = 0;
    }

    private void readAddresses() {
        while (inner.advance()) {
            switch (inner.type()) {
                case CTA_IP_V4_SRC, CTA_IP_V4_DST ->
                        readAddress(inner.type() == CTA_IP_V4_SRC, false, IPV4_BYTES);
                case CTA_IP_V6_SRC, CTA_IP_V6_DST ->
                        readAddress(inner.type() == CTA_IP_V6_SRC, true, IPV6_BYTES);
                default -> {}
            }
        }
    }

    private void readAddress(final boolean source, final boolean six, final int bytes) {
        if (inner.length() < bytes || (hasSource || hasDestination) && six != ipv6) {
            legal = false;
            return;
        }
        ipv6 = six;
        final long high = six ? inner.longValue(0) : 0;
        final long low =
                six ? inner.longValue(Long.BYTES) : Integer.toUnsignedLong(inner.intValue());
        if (source) {
            hasSource = true;
            sourceHigh = high;
            sourceLow = low;
        } else {
            hasDestination = true;
            destinationHigh = high;
            destinationLow = low;
        }
    }

    private void readProtocol() {
        while (inner.advance()) {
            switch (inner.type()) {
                case CTA_PROTO_NUM -> protocol = hasBytes(1) ? inner.byteValue() : 0;
                case CTA_PROTO_SRC_PORT -> sourcePort = hasBytes(2) ? inner.shortValue() : 0;
                case CTA_PROTO_DST_PORT -> destinationPort = hasBytes(2) ? inner.shortValue() : 0;
                case CTA_PROTO_ICMP_ID, CTA_PROTO_ICMPV6_ID ->
                        identifier = hasBytes(2) ? inner.shortValue() : 0;
                default -> {}
            }
        }
    }

    private boolean hasBytes(final int count) {
        legal &= inner.length() >= count;
        return inner.length() >= count;
    }

    /// Writes the flow's key and answers the direction bit of this tuple's packets.
    public boolean writeKey(final FlowKey key) {
        return write(key, false);
    }

    /// The same for the packets that come back to them.
    public boolean writeReversedKey(final FlowKey key) {
        return write(key, true);
    }

    private boolean write(final FlowKey key, final boolean reversed) {
        final int kind =
                IpProtocol.hasPorts(protocol)
                        ? FlowKey.KIND_PORTS
                        : isIcmp() ? FlowKey.KIND_IDENTIFIER : FlowKey.KIND_ADDRESSES;
        final int ownPort = kind == FlowKey.KIND_PORTS ? sourcePort : identifierOrNone();
        final int otherPort = kind == FlowKey.KIND_PORTS ? destinationPort : identifierOrNone();
        final long fromHigh = reversed ? destinationHigh : sourceHigh;
        final long fromLow = reversed ? destinationLow : sourceLow;
        final int fromPort = reversed ? otherPort : ownPort;
        final long toHigh = reversed ? sourceHigh : destinationHigh;
        final long toLow = reversed ? sourceLow : destinationLow;
        final int toPort = reversed ? ownPort : otherPort;
        return ipv6
                ? key.setIpv6(protocol, kind, fromHigh, fromLow, fromPort, toHigh, toLow, toPort, 0)
                : key.setIpv4(protocol, kind, (int) fromLow, fromPort, (int) toLow, toPort, 0);
    }

    /// Connection tracking follows queries only; errors belong to what they quote.
    private boolean isIcmp() {
        return protocol == (ipv6 ? IpProtocol.ICMPV6 : IpProtocol.ICMP);
    }

    private int identifierOrNone() {
        return isIcmp() ? identifier : 0;
    }

    public boolean isIpv6() {
        return ipv6;
    }

    public int protocol() {
        return protocol;
    }
}
