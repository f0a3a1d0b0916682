package io.boomerang.flow;

/// What {@link FlowParser} found out about one packet. Offsets count from the start of the frame;
/// the `network`, `transport` and `end` offsets, version and protocol are those of the outermost IP
/// header, -1 where the packet has none.
///
/// Mutable and reused: belongs to the thread that parses, and is valid until the next parse.
public final class ParsedPacket {
    private static final int NONE = -1;

    private final FlowKey key = new FlowKey();
    private final DatagramKey datagram = new DatagramKey();

    private PacketClass packetClass = PacketClass.MALFORMED;
    private ParseReason reason = ParseReason.ETHERNET_TRUNCATED;
    private boolean keyed;
    private boolean sourceIsB;
    private boolean firstFragment;
    private boolean laterFragment;
    private boolean icmpError;
    private boolean tunnelled;
    private boolean truncated;
    private boolean transportWhole;
    private boolean boundToAddresses;
    private int tcpFlags;
    private int vlanDomain;
    private int ipVersion;
    private int protocol;
    private int networkOffset;
    private int transportOffset;
    private int endOffset;
    private int flowNetworkOffset;
    private int flowTransportOffset;
    private int flowEndOffset;

    void clear(final int newVlanDomain) {
        packetClass = PacketClass.MALFORMED;
        reason = ParseReason.NONE;
        keyed = false;
        sourceIsB = false;
        firstFragment = false;
        laterFragment = false;
        icmpError = false;
        tunnelled = false;
        truncated = false;
        transportWhole = false;
        boundToAddresses = false;
        tcpFlags = 0;
        vlanDomain = newVlanDomain;
        ipVersion = NONE;
        protocol = NONE;
        networkOffset = NONE;
        transportOffset = NONE;
        endOffset = NONE;
        flowNetworkOffset = NONE;
        flowTransportOffset = NONE;
        flowEndOffset = NONE;
    }

    PacketClass setUnsteered(final PacketClass newClass, final ParseReason newReason) {
        packetClass = newClass;
        reason = newReason;
        return newClass;
    }

    /// Takes over the outermost IP header.
    void setOutermost(final IpLayer layer, final long frameOffset) {
        ipVersion = layer.version();
        protocol = layer.protocol();
        networkOffset = (int) (layer.networkOffset() - frameOffset);
        transportOffset = (int) (layer.transportOffset() - frameOffset);
        endOffset = (int) (layer.endOffset() - frameOffset);
        truncated = layer.isTruncated();
        laterFragment = layer.isLaterFragment();
        transportWhole = layer.isTransportWhole();
        boundToAddresses = layer.isBoundToAddresses();
    }

    /// Takes over the IP header that makes the flow.
    void setFlowLayer(final IpLayer layer, final long frameOffset, final boolean inner) {
        flowNetworkOffset = (int) (layer.networkOffset() - frameOffset);
        flowTransportOffset = (int) (layer.transportOffset() - frameOffset);
        flowEndOffset = (int) (layer.endOffset() - frameOffset);
        tunnelled = inner;
        tcpFlags = layer.tcpFlags();
        firstFragment = layer.isFirstFragment();
        if (layer.isFragment()) {
            layer.writeDatagram(datagram);
        }
    }

    PacketClass setFragment() {
        packetClass = PacketClass.FRAGMENT;
        return packetClass;
    }

    PacketClass setQuotedFragment(final IpLayer quote) {
        icmpError = true;
        quote.writeDatagram(datagram);
        packetClass = PacketClass.QUOTED_FRAGMENT;
        return packetClass;
    }

    PacketClass setFlow(final IpLayer layer) {
        sourceIsB = layer.writeKey(key, vlanDomain);
        keyed = true;
        packetClass = PacketClass.FLOW;
        return packetClass;
    }

    PacketClass setQuotedFlow(final IpLayer quote) {
        setFlow(quote);
        icmpError = true;
        sourceIsB = !sourceIsB;
        return packetClass;
    }

    /// Gives a fragment the flow of its datagram's first fragment, found elsewhere. The class
    /// stays; the VLAN domain is this packet's own.
    ///
    /// @param flow of the first fragment
    /// @param newSourceIsB this packet's direction (for an error about a fragment: the opposite of
    ///   the first fragment's)
    public void setResolved(final FlowKey flow, final boolean newSourceIsB) {
        key.setWords(
                flow.meta(),
                flow.aHigh(),
                flow.aLow(),
                flow.bHigh(),
                flow.bLow(),
                flow.aPort(),
                flow.bPort(),
                vlanDomain);
        sourceIsB = newSourceIsB;
        keyed = true;
    }

    public PacketClass packetClass() {
        return packetClass;
    }

    /// Why the packet is bridged or malformed.
    public ParseReason reason() {
        return reason;
    }

    /// Whether {@link #key()} and {@link #sourceIsB()} are valid: the class is `FLOW`, or a
    /// fragment was resolved.
    public boolean hasKey() {
        return keyed;
    }

    /// Of this packet until the next parse; keep a copy.
    public FlowKey key() {
        return key;
    }

    /// Whether the packet travels from endpoint `b` to `a`. An ICMP error travels against the
    /// packet it quotes.
    public boolean sourceIsB() {
        return sourceIsB;
    }

    /// Valid for `FRAGMENT`, for `QUOTED_FRAGMENT` (the datagram quoted) and for first fragments.
    public DatagramKey datagram() {
        return datagram;
    }

    /// Whether the later fragments of this packet's datagram belong to its flow.
    public boolean isFirstFragment() {
        return firstFragment;
    }

    /// Whether the outermost IP packet is a fragment other than the first, so that neither ports
    /// nor checksum stand at its transport offset.
    public boolean isLaterFragment() {
        return laterFragment;
    }

    /// Whether the flow is that of a packet quoted in an ICMP error.
    public boolean isIcmpError() {
        return icmpError;
    }

    /// Whether the flow was read from headers inside a tunnel.
    public boolean isTunnelled() {
        return tunnelled;
    }

    /// The flags of the flow's TCP header in this packet; 0 where it has none.
    public int tcpFlags() {
        return tcpFlags;
    }

    /// 0 where VLAN ids do not belong to the flow.
    public int vlanDomain() {
        return vlanDomain;
    }

    /// Whether the IP packet claims to be longer than the frame.
    public boolean isTruncated() {
        return truncated;
    }

    /// 4 or 6.
    public int ipVersion() {
        return ipVersion;
    }

    /// Of the header at {@link #transportOffset()}, behind all extension headers.
    public int protocol() {
        return protocol;
    }

    public int networkOffset() {
        return networkOffset;
    }

    public int transportOffset() {
        return transportOffset;
    }

    /// Where the IP packet ends: before any padding, and within the frame.
    public int endOffset() {
        return endOffset;
    }

    /// As {@link #networkOffset()}, of the header that made the flow: an inner one if {@link
    /// #isTunnelled()}.
    public int flowNetworkOffset() {
        return flowNetworkOffset;
    }

    public int flowTransportOffset() {
        return flowTransportOffset;
    }

    public int flowEndOffset() {
        return flowEndOffset;
    }

    /// Whether all that the transport checksum of the outermost IP packet covers stands in the
    /// frame.
    public boolean isTransportWhole() {
        return transportWhole;
    }

    /// Whether the outermost IP packet is void with other addresses than those it has.
    boolean isBoundToAddresses() {
        return boundToAddresses;
    }

    @Override
    public String toString() {
        return switch (packetClass) {
            case FLOW -> key + (sourceIsB ? " b->a" : " a->b");
            case FRAGMENT -> "fragment of " + datagram;
            case QUOTED_FRAGMENT -> "error about fragment of " + datagram;
            case BRIDGED, MALFORMED -> packetClass + " " + reason;
        };
    }
}
