package io.boomerang.flow;

/// What the fragments of one IP datagram have in common (RFC 791, RFC 8200): both addresses, the
/// identification, and for IPv4 the protocol. Not canonical: the two directions of a flow number
/// their datagrams independently.
///
/// Mutable like {@link FlowKey}: whoever keeps one keeps a {@link #copy()}.
public final class DatagramKey {
    /// Sets the marker of IPv6 apart from every IPv4 protocol.
    private static final int IPV6 = 0x100;

    private long sourceHigh;
    private long sourceLow;
    private long destinationHigh;
    private long destinationLow;
    private int identification;
    private int family;

    public void setIpv4(
            final int source, final int destination, final int protocol, final int identification) {
        sourceHigh = 0;
        sourceLow = Integer.toUnsignedLong(source);
        destinationHigh = 0;
        destinationLow = Integer.toUnsignedLong(destination);
        this.identification = identification;
        family = protocol;
    }

    public void setIpv6(
            final long sourceHigh,
            final long sourceLow,
            final long destinationHigh,
            final long destinationLow,
            final int identification) {
        this.sourceHigh = sourceHigh;
        this.sourceLow = sourceLow;
        this.destinationHigh = destinationHigh;
        this.destinationLow = destinationLow;
        this.identification = identification;
        family = IPV6;
    }

    public void copyFrom(final DatagramKey other) {
        sourceHigh = other.sourceHigh;
        sourceLow = other.sourceLow;
        destinationHigh = other.destinationHigh;
        destinationLow = other.destinationLow;
        identification = other.identification;
        family = other.family;
    }

    public DatagramKey copy() {
        final DatagramKey copy = new DatagramKey();
        copy.copyFrom(this);
        return copy;
    }

    public boolean isIpv6() {
        return family == IPV6;
    }

    /// IPv4's protocol; -1 for IPv6, where it does not tell datagrams apart.
    public int protocol() {
        return isIpv6() ? -1 : family;
    }

    public long sourceHigh() {
        return sourceHigh;
    }

    public long sourceLow() {
        return sourceLow;
    }

    public long destinationHigh() {
        return destinationHigh;
    }

    public long destinationLow() {
        return destinationLow;
    }

    public int identification() {
        return identification;
    }

    public long hash(final FlowHash hash) {
        return isIpv6()
                ? hash.hash(sourceHigh, sourceLow, destinationHigh, destinationLow, identification)
                : hash.hash(
                        sourceLow << 32 | destinationLow,
                        (long) family << 32 | Integer.toUnsignedLong(identification));
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof DatagramKey key
                && identification == key.identification
                && family == key.family
                && sourceLow == key.sourceLow
                && destinationLow == key.destinationLow
                && sourceHigh == key.sourceHigh
                && destinationHigh == key.destinationHigh;
    }

    /// For maps of tests and tools, and of what is bounded otherwise.
    @Override
    public int hashCode() {
        long mixed = sourceLow * 0x9E3779B97F4A7C15L + destinationLow;
        mixed = (mixed ^ mixed >>> 29) * 0xBF58476D1CE4E5B9L + sourceHigh;
        mixed = (mixed ^ mixed >>> 32) * 0x94D049BB133111EBL + destinationHigh;
        mixed = (mixed ^ mixed >>> 29) * 0x9E3779B97F4A7C15L + identification;
        return Long.hashCode(mixed ^ mixed >>> 31) + family;
    }

    /// `datagram 7 ip/17 of ...`, addresses in hexadecimal.
    @Override
    public String toString() {
        return isIpv6()
                ? String.format(
                        "datagram %s %016x%016x -> %016x%016x",
                        Integer.toUnsignedString(identification),
                        sourceHigh,
                        sourceLow,
                        destinationHigh,
                        destinationLow)
                : String.format(
                        "datagram %d ip/%d %08x -> %08x",
                        identification, family, sourceLow, destinationLow);
    }
}
