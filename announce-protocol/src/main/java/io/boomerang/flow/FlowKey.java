package io.boomerang.flow;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/// The canonical identity of a flow: both directions of a flow give equal keys.
///
/// The two endpoints are ordered: `a` is the smaller one by address, then by port, both compared as
/// unsigned numbers. An IPv4 address stands in the low 32 bits of the low word, the high word is
/// zero; the family tells it from IPv6. Which packet went which way is not part of the key: the
/// `set` methods answer it.
///
/// Mutable, so that the packet path can reuse one instance per thread. Whoever keeps a key keeps a
/// {@link #copy()}.
public final class FlowKey {
    /// The endpoints' ports (TCP, UDP, UDP-Lite, SCTP, DCCP) distinguish the flows of an address
    /// pair.
    public static final int KIND_PORTS = 0;

    /// An ICMP query identifier does; it stands in both port fields.
    public static final int KIND_IDENTIFIER = 1;

    /// Nothing does: one flow per address pair and protocol; both port fields are zero.
    public static final int KIND_ADDRESSES = 2;

    private static final int PROTOCOL_MASK = 0xFF;
    private static final int KIND_SHIFT = 8;
    private static final int KIND_MASK = 0x3;
    private static final int IPV6_BIT = 1 << 10;

    private long aHigh;
    private long aLow;
    private long bHigh;
    private long bLow;
    private int aPort;
    private int bPort;
    private int vlanDomain;
    private int meta;

    /// Sets an IPv4 key and answers whether the source is endpoint `b`, which is the packet's
    /// direction bit.
    public boolean setIpv4(
            final int protocol,
            final int kind,
            final int source,
            final int sourcePort,
            final int destination,
            final int destinationPort,
            final int vlanDomain) {
        return set(
                meta(protocol, kind, false),
                0L,
                Integer.toUnsignedLong(source),
                sourcePort,
                0L,
                Integer.toUnsignedLong(destination),
                destinationPort,
                vlanDomain);
    }

    /// Sets an IPv6 key from the two big-endian halves of each address; answers as {@link
    /// #setIpv4}.
    public boolean setIpv6(
            final int protocol,
            final int kind,
            final long sourceHigh,
            final long sourceLow,
            final int sourcePort,
            final long destinationHigh,
            final long destinationLow,
            final int destinationPort,
            final int vlanDomain) {
        return set(
                meta(protocol, kind, true),
                sourceHigh,
                sourceLow,
                sourcePort,
                destinationHigh,
                destinationLow,
                destinationPort,
                vlanDomain);
    }

    private boolean set(
            final int newMeta,
            final long sourceHigh,
            final long sourceLow,
            final int sourcePort,
            final long destinationHigh,
            final long destinationLow,
            final int destinationPort,
            final int newVlanDomain) {
        meta = newMeta;
        vlanDomain = newVlanDomain;
        final boolean sourceIsB =
                isAfter(
                        sourceHigh,
                        sourceLow,
                        sourcePort,
                        destinationHigh,
                        destinationLow,
                        destinationPort);
        if (sourceIsB) {
            aHigh = destinationHigh;
            aLow = destinationLow;
            aPort = destinationPort;
            bHigh = sourceHigh;
            bLow = sourceLow;
            bPort = sourcePort;
        } else {
            aHigh = sourceHigh;
            aLow = sourceLow;
            aPort = sourcePort;
            bHigh = destinationHigh;
            bLow = destinationLow;
            bPort = destinationPort;
        }
        return sourceIsB;
    }

    private static boolean isAfter(
            final long high,
            final long low,
            final int port,
            final long otherHigh,
            final long otherLow,
            final int otherPort) {
        if (high != otherHigh) {
            return Long.compareUnsigned(high, otherHigh) > 0;
        }
        if (low != otherLow) {
            return Long.compareUnsigned(low, otherLow) > 0;
        }
        return port > otherPort;
    }

    private static int meta(final int protocol, final int kind, final boolean ipv6) {
        return protocol | kind << KIND_SHIFT | (ipv6 ? IPV6_BIT : 0);
    }

    /// Sets every field as a codec or a session slot holds it: already canonical.
    public void setWords(
            final int meta,
            final long aHigh,
            final long aLow,
            final long bHigh,
            final long bLow,
            final int aPort,
            final int bPort,
            final int vlanDomain) {
        this.meta = meta;
        this.aHigh = aHigh;
        this.aLow = aLow;
        this.bHigh = bHigh;
        this.bLow = bLow;
        this.aPort = aPort;
        this.bPort = bPort;
        this.vlanDomain = vlanDomain;
    }

    public void copyFrom(final FlowKey other) {
        setWords(
                other.meta,
                other.aHigh,
                other.aLow,
                other.bHigh,
                other.bLow,
                other.aPort,
                other.bPort,
                other.vlanDomain);
    }

    public FlowKey copy() {
        final FlowKey copy = new FlowKey();
        copy.copyFrom(this);
        return copy;
    }

    public long aHigh() {
        return aHigh;
    }

    public long aLow() {
        return aLow;
    }

    public long bHigh() {
        return bHigh;
    }

    public long bLow() {
        return bLow;
    }

    public int aPort() {
        return aPort;
    }

    public int bPort() {
        return bPort;
    }

    /// Zero unless VLAN ids are part of the key; then the fingerprint that the parser made of the
    /// packet's tags.
    public int vlanDomain() {
        return vlanDomain;
    }

    /// Protocol, kind and family in 11 bits, as slots and messages hold them.
    public int meta() {
        return meta;
    }

    public int protocol() {
        return meta & PROTOCOL_MASK;
    }

    public int kind() {
        return meta >>> KIND_SHIFT & KIND_MASK;
    }

    public boolean isIpv6() {
        return (meta & IPV6_BIT) != 0;
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof FlowKey key
                && meta == key.meta
                && aLow == key.aLow
                && bLow == key.bLow
                && aPort == key.aPort
                && bPort == key.bPort
                && aHigh == key.aHigh
                && bHigh == key.bHigh
                && vlanDomain == key.vlanDomain;
    }

    /// For maps of tests and tools. Steering uses the keyed {@link FlowHash}.
    @Override
    public int hashCode() {
        long mixed = aLow * 0x9E3779B97F4A7C15L + bLow;
        mixed = (mixed ^ mixed >>> 29) * 0xBF58476D1CE4E5B9L + aHigh;
        mixed = (mixed ^ mixed >>> 32) * 0x94D049BB133111EBL + bHigh;
        mixed =
                (mixed ^ mixed >>> 29) * 0x9E3779B97F4A7C15L
                        + ((long) aPort << 48 | (long) bPort << 32 | vlanDomain);
        return Long.hashCode((mixed ^ mixed >>> 31) + meta);
    }

    /// `tcp 10.0.0.1:80 <-> 10.0.0.2:4711`; `icmp id 7 ...`; `ip/47 ...`.
    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder();
        if (vlanDomain != 0) {
            text.append("vlan ").append(Integer.toHexString(vlanDomain)).append(' ');
        }
        text.append(protocolName());
        if (kind() == KIND_IDENTIFIER) {
            text.append(" id ").append(aPort);
        }
        text.append(' ');
        appendEndpoint(text, aHigh, aLow, aPort);
        text.append(" <-> ");
        appendEndpoint(text, bHigh, bLow, bPort);
        return text.toString();
    }

    private void appendEndpoint(
            final StringBuilder text, final long high, final long low, final int port) {
        final String address = addressText(high, low);
        if (kind() != KIND_PORTS) {
            text.append(address);
        } else if (isIpv6()) {
            text.append('[').append(address).append("]:").append(port);
        } else {
            text.append(address).append(':').append(port);
        }
    }

    private String addressText(final long high, final long low) {
        final byte[] bytes = new byte[16];
        for (int i = 0; i < 8; i++) {
            bytes[i] = (byte) (high >>> 56 - 8 * i);
            bytes[8 + i] = (byte) (low >>> 56 - 8 * i);
        }
        try {
            return InetAddress.getByAddress(isIpv6() ? bytes : Arrays.copyOfRange(bytes, 12, 16))
                    .getHostAddress();
        } catch (final UnknownHostException e) {
            throw new AssertionError("4 and 16 bytes are the lengths of addresses", e);
        }
    }

    private String protocolName() {
        return switch (protocol()) {
            case 1 -> "icmp";
            case 6 -> "tcp";
            case 17 -> "udp";
            case 33 -> "dccp";
            case 58 -> "icmp6";
            case 132 -> "sctp";
            case 136 -> "udplite";
            default -> "ip/" + protocol();
        };
    }
}
