package io.boomerang.sim.capture;

import io.boomerang.wire.BsdLoopbackHeader;
import io.boomerang.wire.EtherType;
import io.boomerang.wire.EthernetHeader;
import io.boomerang.wire.LinkType;
import io.boomerang.wire.LinuxCookedHeader;
import io.boomerang.wire.LinuxCookedV2Header;
import io.boomerang.wire.NetworkOrder;
import io.boomerang.wire.PppHeader;
import io.boomerang.wire.PppoeHeader;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Makes an Ethernet frame of a captured packet, because a chassis carries nothing else. Ethernet
/// passes as it is, without a copy. Of other link layers the protocol goes into the EtherType and
/// addresses are kept where there are any, else they are made up, locally administered:
///
/// | captured | becomes |
/// |---|---|
/// | raw IP, BSD loopback with IP, PPP with IP or MPLS | that EtherType |
/// | Linux cooked, Cisco HDLC | their own EtherType; LLC as a frame with its length |
/// | PPP with anything else | a PPPoE session frame |
/// | PPPoE | a PPPoE frame |
/// | what has no EtherType | EtherType 0x88B5, the local experimental one (IEEE 802) |
///
/// One instance per thread. The frame of one packet stays until the next call.
public final class EthernetFraming implements AutoCloseable {
    /// Stands for the machine that captured.
    static final long HERE = 0x02_00_00_00_00_01L;

    /// Stands for whoever it talked to.
    static final long THERE = 0x02_00_00_00_00_02L;

    static final int LOCAL_EXPERIMENTAL = 0x88B5;

    private static final long BROADCAST = 0xFF_FF_FF_FF_FF_FFL;
    private static final long MULTICAST = 0x03_00_00_00_00_00L;
    private static final int MAC_BYTES = 6;
    private static final int COOKED_BROADCAST = 1;
    private static final int COOKED_MULTICAST = 2;
    private static final int COOKED_TO_OTHERS = 3;
    private static final int COOKED_FROM_US = 4;
    private static final int CISCO_HEADER_BYTES = 4;
    private static final int CISCO_UNICAST = 0x0F00;
    private static final int CISCO_MULTICAST = 0x8F00;
    private static final int HDLC_ADDRESS_AND_CONTROL = 0xFF03;
    private static final int PPPOE_VERSION_AND_TYPE = 0x1100;
    private static final int LONGEST_LLC = 0x05DC;
    private static final int BUFFER_BYTES = CaptureFormat.MAX_PACKET_BYTES + 64;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(BUFFER_BYTES, 64);
    private final EthernetHeader ethernet = new EthernetHeader();
    private final LinuxCookedHeader cooked = new LinuxCookedHeader();
    private final LinuxCookedV2Header cookedV2 = new LinuxCookedV2Header();
    private final BsdLoopbackHeader loopback = new BsdLoopbackHeader();
    private final PppHeader ppp = new PppHeader();
    private final PppoeHeader pppoe = new PppoeHeader();

    private MemorySegment packetBytes = MemorySegment.NULL;
    private long start;
    private long end;
    private long destination;
    private long source;

    private MemorySegment segment = MemorySegment.NULL;
    private long offset;
    private int length;
    private int originalLength;

    /// What became of a packet.
    public enum Outcome {
        FRAMED,
        LINK_TYPE_UNSUPPORTED,
        /// The packet ends within the header of its link layer.
        LINK_HEADER_CUT_SHORT
    }

    /// Frames `packet`. Unless the answer is `FRAMED` there is no frame.
    public Outcome frame(final CapturedPacket packet) {
        packetBytes = packet.segment();
        start = packet.offset();
        end = start + packet.capturedLength();
        originalLength = packet.originalLength();
        destination = THERE;
        source = HERE;
        return switch (packet.linkType()) {
            case LinkType.ETHERNET -> asItIs();
            case LinkType.RAW, LinkType.RAW_BSD, LinkType.RAW_OPENBSD -> rawIp();
            case LinkType.IPV4 -> framed(0, EtherType.IPV4);
            case LinkType.IPV6 -> framed(0, EtherType.IPV6);
            case LinkType.BSD_NULL, LinkType.BSD_LOOP ->
                    bsdLoopback(packet.linkType() == LinkType.BSD_LOOP);
            case LinkType.LINUX_COOKED -> linuxCooked();
            case LinkType.LINUX_COOKED_V2 -> linuxCookedV2();
            case LinkType.PPP, LinkType.PPP_HDLC -> pppOrCisco();
            case LinkType.PPPOE -> pppoe();
            case LinkType.CISCO_HDLC -> ciscoHdlc();
            default -> Outcome.LINK_TYPE_UNSUPPORTED;
        };
    }

    private Outcome asItIs() {
        segment = packetBytes;
        offset = start;
        length = (int) (end - start);
        return Outcome.FRAMED;
    }

    private Outcome rawIp() {
        if (start == end) {
            return Outcome.LINK_HEADER_CUT_SHORT;
        }
        return switch (packetBytes.get(NetworkOrder.BYTE, start) >>> 4 & 0xF) {
            case 4 -> framed(0, EtherType.IPV4);
            case 6 -> framed(0, EtherType.IPV6);
            default -> framed(0, LOCAL_EXPERIMENTAL);
        };
    }

    private Outcome bsdLoopback(final boolean networkOrder) {
        if (!loopback.wrap(packetBytes, start, end)) {
            return Outcome.LINK_HEADER_CUT_SHORT;
        }
        final int family = networkOrder ? loopback.family() : loopback.hostOrderFamily();
        if (family == BsdLoopbackHeader.INET) {
            return framed(BsdLoopbackHeader.LENGTH, EtherType.IPV4);
        }
        return BsdLoopbackHeader.isIpv6(family)
                ? framed(BsdLoopbackHeader.LENGTH, EtherType.IPV6)
                : framed(0, LOCAL_EXPERIMENTAL);
    }

    private Outcome linuxCooked() {
        if (!cooked.wrap(packetBytes, start, end)) {
            return Outcome.LINK_HEADER_CUT_SHORT;
        }
        addressCooked(cooked.packetType(), cooked.addressLength(), cooked.address());
        return framed(LinuxCookedHeader.LENGTH, cooked.protocol());
    }

    private Outcome linuxCookedV2() {
        if (!cookedV2.wrap(packetBytes, start, end)) {
            return Outcome.LINK_HEADER_CUT_SHORT;
        }
        addressCooked(cookedV2.packetType(), cookedV2.addressLength(), cookedV2.address());
        return framed(LinuxCookedV2Header.LENGTH, cookedV2.protocol());
    }

    /// A cooked header knows the sender's address alone, and how the frame was addressed.
    private void addressCooked(
            final int packetType, final int addressLength, final long senderAddress) {
        final boolean fromUs = packetType == COOKED_FROM_US;
        if (addressLength == MAC_BYTES) {
            source = senderAddress;
        } else {
            source = fromUs ? HERE : THERE;
        }
        destination =
                switch (packetType) {
                    case COOKED_BROADCAST -> BROADCAST;
                    case COOKED_MULTICAST -> MULTICAST;
                    case COOKED_TO_OTHERS, COOKED_FROM_US -> THERE;
                    default -> HERE;
                };
    }

    /// Both have been captured under either number; the first two bytes tell them apart (RFC 1547).
    private Outcome pppOrCisco() {
        final int available = (int) (end - start);
        final int first = available >= 2 ? int16(start) : 0;
        if (available >= CISCO_HEADER_BYTES
                && (first == CISCO_UNICAST || first == CISCO_MULTICAST)) {
            return ciscoHdlc();
        }
        final int headerBytes = first == HDLC_ADDRESS_AND_CONTROL ? 2 : 0;
        if (!ppp.wrap(packetBytes, start + headerBytes, end)) {
            return Outcome.LINK_HEADER_CUT_SHORT;
        }
        final int payloadAt = headerBytes + ppp.headerLength();
        return switch (ppp.protocol()) {
            case PppHeader.IPV4 -> framed(payloadAt, EtherType.IPV4);
            case PppHeader.IPV6 -> framed(payloadAt, EtherType.IPV6);
            case PppHeader.MPLS_UNICAST -> framed(payloadAt, EtherType.MPLS_UNICAST);
            case PppHeader.MPLS_MULTICAST -> framed(payloadAt, EtherType.MPLS_MULTICAST);
            default -> framedAsPppoe(payloadAt, ppp.protocol());
        };
    }

    private Outcome ciscoHdlc() {
        return end - start < CISCO_HEADER_BYTES
                ? Outcome.LINK_HEADER_CUT_SHORT
                : framed(CISCO_HEADER_BYTES, int16(start + 2));
    }

    private Outcome pppoe() {
        if (!pppoe.wrap(packetBytes, start, end)) {
            return Outcome.LINK_HEADER_CUT_SHORT;
        }
        return framed(0, pppoe.code() == 0 ? EtherType.PPPOE_SESSION : EtherType.PPPOE_DISCOVERY);
    }

    private Outcome framedAsPppoe(final int payloadAt, final int protocol) {
        final int payloadLength = (int) (end - start) - payloadAt;
        final long header = EthernetHeader.LENGTH;
        buffer.set(NetworkOrder.SHORT, header, (short) PPPOE_VERSION_AND_TYPE);
        buffer.set(NetworkOrder.SHORT, header + 2, (short) 0);
        buffer.set(NetworkOrder.SHORT, header + 4, (short) Math.min(payloadLength + 2, 0xFFFF));
        buffer.set(NetworkOrder.SHORT, header + PppoeHeader.LENGTH, (short) protocol);
        return framed(payloadAt, EtherType.PPPOE_SESSION, PppoeHeader.LENGTH + 2);
    }

    private Outcome framed(final int payloadAt, final int etherType) {
        return framed(payloadAt, etherType, 0);
    }

    /// Puts a header of Ethernet and `between` bytes before the payload.
    private Outcome framed(final int payloadAt, final int etherType, final int between) {
        final int payloadLength = (int) (end - start) - payloadAt;
        final int headerLength = EthernetHeader.LENGTH + between;
        ethernet.wrap(buffer, 0, BUFFER_BYTES);
        ethernet.setDestination(destination);
        ethernet.setSource(source);
        ethernet.setEtherType(
                etherType < EtherType.FIRST ? Math.min(payloadLength, LONGEST_LLC) : etherType);
        MemorySegment.copy(packetBytes, start + payloadAt, buffer, headerLength, payloadLength);
        segment = buffer;
        offset = 0;
        length = headerLength + payloadLength;
        originalLength =
                (int) Math.min((long) originalLength - payloadAt + headerLength, Integer.MAX_VALUE);
        return Outcome.FRAMED;
    }

    private int int16(final long at) {
        return Short.toUnsignedInt(packetBytes.get(NetworkOrder.SHORT, at));
    }

    public MemorySegment segment() {
        return segment;
    }

    /// Where the frame begins in {@link #segment()}.
    public long offset() {
        return offset;
    }

    public int length() {
        return length;
    }

    /// Length that the frame would have, had all of the packet been captured.
    public int originalLength() {
        return originalLength;
    }

    @Override
    public void close() {
        arena.close();
    }
}
