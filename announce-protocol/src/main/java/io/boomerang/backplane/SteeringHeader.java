package io.boomerang.backplane;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.boomerang.announce.AnnouncementCodec;
import io.boomerang.announce.KeyCodec;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;
import io.boomerang.wire.NetworkOrder;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// What stands in front of a frame on the backplane: a GENEVE header (RFC 8926) with options of our
/// own class. Mutable and reused: a node has one to read and one to write, each used by its thread.
///
/// ```
///  base      0  version 0 (2 bits), length of all options in 4-byte units (6 bits)
///            1  O 0, C 1 (there is a critical option), reserved
///            2  protocol type 0x6558: the frame is Ethernet; 0x88B5 (for experiments, IEEE
///               802) where the purpose is a transfer
///            4  VNI (3 bytes), reserved (1 byte)
///  option    0  class 0xFFB0, of the range for experiments
///            2  type; bit 7: critical
///            3  length of the data in 4-byte units
///
///  0x81 steering, always there
///            0  purpose (bits 7-4), arrival side (bit 0)
///            1  hops
///            2  arrival node
///            4  flow id
///  0x02 packet number
///            0  number of the packet in its capture
///  0x83 resolved key
///            0  shape (KeyCodec), bit 7: the source is endpoint b
///            1  protocol
///            2  zero
///            4  VLAN domain, only if the shape says so
///            4  key
///  0x84 announcement
///            0  AnnouncementCodec, zeros up to a multiple of 4
///  0x85 relay, put in on the way
///            0  RelayOption
/// ```
///
/// Options that are unknown here are skipped unless they are critical. Encoding and decoding
/// allocate nothing, except for the record of a carried announcement.
@SuppressWarnings("EnumOrdinal") // the wire has the order of the enums; golden bytes hold it
public final class SteeringHeader {
    /// No header is longer than this.
    public static final int MAX_LENGTH = 8 + 16 + 12 + 48 + 100;

    /// That of a packet of a known flow, without options that few packets have.
    public static final int USUAL_LENGTH = 8 + 16;

    static final int BASE_LENGTH = 8;
    static final int FLAGS = 1;
    static final int PROTOCOL_TYPE = 2;
    static final int VNI = 4;
    static final int LENGTH_MASK = 0x3F;
    static final int OAM_BIT = 0x80;
    private static final int CRITICAL_BIT = 0x40;
    private static final int ETHERNET = 0x6558;
    static final int EXPERIMENTAL = 0x88B5;
    static final int MAX_VNI = 0xFF_FFFF;

    static final int OPTION_CLASS = 0xFFB0;
    static final int OPTION_HEADER_LENGTH = 4;
    private static final int OPTION_TYPE = 2;
    private static final int OPTION_LENGTH = 3;
    private static final int OPTION_LENGTH_MASK = 0x1F;
    private static final int OPTION_CRITICAL_BIT = 0x80;
    private static final int STEERING = 0x81;
    private static final int STEERING_LENGTH = 12;
    private static final int PACKET_NUMBER = 0x02;
    private static final int PACKET_NUMBER_LENGTH = 8;
    private static final int RESOLVED_KEY = 0x83;
    private static final int KEY_FIXED_LENGTH = 4;
    private static final int VLAN_LENGTH = 4;
    private static final int ANNOUNCEMENT = 0x84;

    private static final int PURPOSE_SHIFT = 4;
    private static final int SIDE_BIT = 1;
    private static final int SOURCE_IS_B_BIT = 0x80;

    private final int vni;
    private final FlowKey key = new FlowKey();

    private Purpose purpose = Purpose.DELIVER;
    private Side arrivalSide = Side.INGRESS;
    private int arrivalNode;
    private int hops;
    private long flowId;
    private long packetNumber;
    private boolean hasKey;
    private boolean sourceIsB;
    private @Nullable SessionAnnouncement announcement;

    private int headerLength;
    private int seenOptions;

    /// A header of the chassis with network identifier 0.
    public SteeringHeader() {
        this(0);
    }

    /// @param vni tells chassis on one network apart; headers with another one are refused
    public SteeringHeader(final int vni) {
        if (vni < 0 || vni > MAX_VNI) {
            throw new IllegalArgumentException("vni " + vni + " is outside 0.." + MAX_VNI);
        }
        this.vni = vni;
    }

    /// As if nothing had been set.
    public void clear() {
        purpose = Purpose.DELIVER;
        arrivalSide = Side.INGRESS;
        arrivalNode = 0;
        hops = 0;
        flowId = 0;
        packetNumber = 0;
        hasKey = false;
        sourceIsB = false;
        announcement = null;
        headerLength = 0;
        seenOptions = 0;
    }

    public int encodedLength() {
        return BASE_LENGTH + optionsLength();
    }

    private int optionsLength() {
        int length = OPTION_HEADER_LENGTH + STEERING_LENGTH;
        if (packetNumber != 0) {
            length += OPTION_HEADER_LENGTH + PACKET_NUMBER_LENGTH;
        }
        if (hasKey) {
            length += OPTION_HEADER_LENGTH + keyDataLength(KeyCodec.shapeOf(key));
        }
        if (announcement != null) {
            length += OPTION_HEADER_LENGTH + roundUp(AnnouncementCodec.encodedLength(announcement));
        }
        return length;
    }

    private static int keyDataLength(final int shape) {
        return KEY_FIXED_LENGTH
                + ((shape & KeyCodec.VLAN_BIT) != 0 ? VLAN_LENGTH : 0)
                + KeyCodec.bodyLength(shape);
    }

    private static int roundUp(final int length) {
        return length + 3 & ~3;
    }

    /// Writes {@link #encodedLength()} bytes; the frame follows them.
    public void encode(final MemorySegment segment, final long offset) {
        segment.set(JAVA_BYTE, offset, (byte) (optionsLength() >>> 2));
        segment.set(JAVA_BYTE, offset + FLAGS, (byte) CRITICAL_BIT);
        segment.set(NetworkOrder.SHORT, offset + PROTOCOL_TYPE, (short) protocolType());
        segment.set(NetworkOrder.INT, offset + VNI, vni << 8);
        long at = encodeSteering(segment, offset + BASE_LENGTH);
        if (packetNumber != 0) {
            at = encodeOptionHeader(segment, at, PACKET_NUMBER, PACKET_NUMBER_LENGTH);
            segment.set(NetworkOrder.LONG, at, packetNumber);
            at += PACKET_NUMBER_LENGTH;
        }
        if (hasKey) {
            at = encodeKey(segment, at);
        }
        if (announcement != null) {
            encodeAnnouncement(announcement, segment, at);
        }
    }

    private int protocolType() {
        return purpose == Purpose.TRANSFER ? EXPERIMENTAL : ETHERNET;
    }

    private long encodeSteering(final MemorySegment segment, final long offset) {
        final long at = encodeOptionHeader(segment, offset, STEERING, STEERING_LENGTH);
        segment.set(
                JAVA_BYTE, at, (byte) (purpose.ordinal() << PURPOSE_SHIFT | arrivalSide.ordinal()));
        segment.set(JAVA_BYTE, at + 1, (byte) hops);
        segment.set(NetworkOrder.SHORT, at + 2, (short) arrivalNode);
        segment.set(NetworkOrder.LONG, at + 4, flowId);
        return at + STEERING_LENGTH;
    }

    private static long encodeOptionHeader(
            final MemorySegment segment, final long offset, final int type, final int length) {
        segment.set(NetworkOrder.SHORT, offset, (short) OPTION_CLASS);
        segment.set(JAVA_BYTE, offset + OPTION_TYPE, (byte) type);
        segment.set(JAVA_BYTE, offset + OPTION_LENGTH, (byte) (length >>> 2));
        return offset + OPTION_HEADER_LENGTH;
    }

    private long encodeKey(final MemorySegment segment, final long offset) {
        final int shape = KeyCodec.shapeOf(key);
        long at = encodeOptionHeader(segment, offset, RESOLVED_KEY, keyDataLength(shape));
        segment.set(JAVA_BYTE, at, (byte) (shape | (sourceIsB ? SOURCE_IS_B_BIT : 0)));
        segment.set(JAVA_BYTE, at + 1, (byte) key.protocol());
        segment.set(NetworkOrder.SHORT, at + 2, (short) 0);
        at += KEY_FIXED_LENGTH;
        if ((shape & KeyCodec.VLAN_BIT) != 0) {
            segment.set(NetworkOrder.INT, at, key.vlanDomain());
            at += VLAN_LENGTH;
        }
        return at + KeyCodec.writeBody(key, segment, at);
    }

    private static void encodeAnnouncement(
            final SessionAnnouncement announcement,
            final MemorySegment segment,
            final long offset) {
        final int length = roundUp(AnnouncementCodec.encodedLength(announcement));
        final long at = encodeOptionHeader(segment, offset, ANNOUNCEMENT, length);
        segment.set(NetworkOrder.INT, at + length - 4, 0);
        AnnouncementCodec.encode(announcement, segment, at);
    }

    /// Reads the header of a datagram of `length` bytes; false, and everything as cleared, when it
    /// is not one of this chassis.
    public boolean decode(final MemorySegment segment, final long offset, final int length) {
        clear();
        if (length < BASE_LENGTH || offset < 0 || segment.byteSize() - offset < length) {
            return false;
        }
        final int first = segment.get(JAVA_BYTE, offset);
        final int end = BASE_LENGTH + ((first & LENGTH_MASK) << 2);
        final boolean ours =
                (first & ~LENGTH_MASK) == 0
                        && (segment.get(JAVA_BYTE, offset + FLAGS) & OAM_BIT) == 0
                        && segment.get(NetworkOrder.INT, offset + VNI) >>> 8 == vni;
        if (!ours
                || end > length
                || !decodeOptions(segment, offset + BASE_LENGTH, offset + end)
                || !hasSeen(STEERING)
                || Short.toUnsignedInt(segment.get(NetworkOrder.SHORT, offset + PROTOCOL_TYPE))
                        != protocolType()) {
            clear();
            return false;
        }
        headerLength = end;
        return true;
    }

    private boolean decodeOptions(
            final MemorySegment segment, final long offset, final long limit) {
        long at = offset;
        while (at < limit) {
            final int header = segment.get(NetworkOrder.INT, at);
            final int type = header >>> 8 & 0xFF;
            final int length = (header & OPTION_LENGTH_MASK) << 2;
            at += OPTION_HEADER_LENGTH;
            if (length > limit - at) {
                return false;
            }
            final boolean accepted =
                    header >>> 16 == OPTION_CLASS
                            ? decodeOption(type, segment, at, length)
                            : isSkippable(type);
            if (!accepted) {
                return false;
            }
            at += length;
        }
        return true;
    }

    private static boolean isSkippable(final int type) {
        return (type & OPTION_CRITICAL_BIT) == 0;
    }

    private boolean decodeOption(
            final int type, final MemorySegment segment, final long at, final int length) {
        return switch (type) {
            case STEERING -> isFirst(type) && decodeSteering(segment, at, length);
            case PACKET_NUMBER -> isFirst(type) && decodePacketNumber(segment, at, length);
            case RESOLVED_KEY -> isFirst(type) && decodeKey(segment, at, length);
            case ANNOUNCEMENT -> isFirst(type) && decodeAnnouncement(segment, at, length);
            case RelayOption.TYPE -> isFirst(type) && length == RelayOption.DATA_LENGTH;
            default -> isSkippable(type);
        };
    }

    private boolean isFirst(final int type) {
        final boolean first = !hasSeen(type);
        seenOptions |= 1 << (type & 0x7);
        return first;
    }

    private boolean hasSeen(final int type) {
        return (seenOptions & 1 << (type & 0x7)) != 0;
    }

    private boolean decodeSteering(final MemorySegment segment, final long at, final int length) {
        if (length != STEERING_LENGTH) {
            return false;
        }
        final int first = Byte.toUnsignedInt(segment.get(JAVA_BYTE, at));
        if (first >>> PURPOSE_SHIFT >= Purpose.COUNT || (first & 0x0E) != 0) {
            return false;
        }
        purpose = Purpose.of(first >>> PURPOSE_SHIFT);
        arrivalSide = Side.of(first & SIDE_BIT);
        hops = Byte.toUnsignedInt(segment.get(JAVA_BYTE, at + 1));
        arrivalNode = Short.toUnsignedInt(segment.get(NetworkOrder.SHORT, at + 2));
        flowId = segment.get(NetworkOrder.LONG, at + 4);
        return true;
    }

    private boolean decodePacketNumber(
            final MemorySegment segment, final long at, final int length) {
        if (length != PACKET_NUMBER_LENGTH) {
            return false;
        }
        packetNumber = segment.get(NetworkOrder.LONG, at);
        return true;
    }

    private boolean decodeKey(final MemorySegment segment, final long at, final int length) {
        if (length < KEY_FIXED_LENGTH) {
            return false;
        }
        final int first = Byte.toUnsignedInt(segment.get(JAVA_BYTE, at));
        final int shape = first & KeyCodec.SHAPE_MASK;
        final boolean hasVlan = (shape & KeyCodec.VLAN_BIT) != 0;
        if ((first & ~(KeyCodec.SHAPE_MASK | SOURCE_IS_B_BIT)) != 0
                || !KeyCodec.isLegalShape(shape)
                || length != keyDataLength(shape)) {
            return false;
        }
        final int vlanDomain = hasVlan ? segment.get(NetworkOrder.INT, at + KEY_FIXED_LENGTH) : 0;
        final long bodyAt = at + KEY_FIXED_LENGTH + (hasVlan ? VLAN_LENGTH : 0);
        if (hasVlan && vlanDomain == 0 || !KeyCodec.isLegalBody(shape, segment, bodyAt)) {
            return false;
        }
        final int protocol = Byte.toUnsignedInt(segment.get(JAVA_BYTE, at + 1));
        KeyCodec.readBody(shape, protocol, vlanDomain, segment, bodyAt, key);
        sourceIsB = (first & SOURCE_IS_B_BIT) != 0;
        hasKey = true;
        return true;
    }

    private boolean decodeAnnouncement(
            final MemorySegment segment, final long at, final int length) {
        announcement = AnnouncementCodec.decode(segment, at, length);
        return announcement != null
                && roundUp(AnnouncementCodec.encodedLength(announcement)) == length;
    }

    /// After {@link #decode}: where the frame starts.
    public int headerLength() {
        return headerLength;
    }

    public Purpose purpose() {
        return purpose;
    }

    public void setPurpose(final Purpose purpose) {
        this.purpose = purpose;
    }

    /// 0 where the flow has none yet.
    public long flowId() {
        return flowId;
    }

    public void setFlowId(final long flowId) {
        this.flowId = flowId;
    }

    /// From which outside network the frame came.
    public Side arrivalSide() {
        return arrivalSide;
    }

    /// The redirector to which the frame came from outside.
    public int arrivalNode() {
        return arrivalNode;
    }

    public void setArrival(final Side side, final int node) {
        if (node < 0 || node > 0xFFFF) {
            throw new IllegalArgumentException("node " + node + " is outside 0..65535");
        }
        arrivalSide = side;
        arrivalNode = node;
    }

    /// How often the frame was handed from redirector to redirector.
    public int hops() {
        return hops;
    }

    public void setHops(final int hops) {
        if (hops < 0 || hops > 0xFF) {
            throw new IllegalArgumentException("hops " + hops + " is outside 0..255");
        }
        this.hops = hops;
    }

    /// The packet's number in its capture, from 1; 0 for none.
    public long packetNumber() {
        return packetNumber;
    }

    public void setPacketNumber(final long packetNumber) {
        this.packetNumber = packetNumber;
    }

    /// Whether the sender found out the frame's flow, because the frame alone does not tell it.
    public boolean hasKey() {
        return hasKey;
    }

    /// The resolved key, valid if {@link #hasKey()}.
    public FlowKey key() {
        return key;
    }

    /// The direction of a frame with a resolved key.
    public boolean sourceIsB() {
        return sourceIsB;
    }

    public void setKey(final FlowKey key, final boolean sourceIsB) {
        this.key.copyFrom(key);
        this.sourceIsB = sourceIsB;
        hasKey = true;
    }

    /// The announcement that rides on the packet.
    public @Nullable SessionAnnouncement announcement() {
        return announcement;
    }

    public void setAnnouncement(final @Nullable SessionAnnouncement announcement) {
        this.announcement = announcement;
    }
}
