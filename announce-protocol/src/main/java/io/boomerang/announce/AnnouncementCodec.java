package io.boomerang.announce;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.boomerang.flow.FlowKey;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The bytes of one session announcement, alike in a batch of messages and in the option of a
/// packet that carries one. They tell their own length.
///
/// ```
///   0                   1                   2                   3
///  +----------+-----+---------------+---------------+---------------+
///  | type     |phase| shape | flags |    protocol   |    blade ...  |
///  +----------+-----+---------------+---------------+---------------+
///  |  ...          |          incarnation          |    version ... |
///  +---------------+-------------------------------+---------------+
///  |  ...          |       lease in 10 ms          |    flow id ... |
///  +---------------+-------------------------------+---------------+
///  |              ... flow id, 8 bytes             | VLAN domain, 4 |
///  +-----------------------------------------------+- if shape says +
///  |  key: 12 or 36 bytes (KeyCodec)                                |
///  +----------------------------------------------------------------+
///  |  original: likewise, only if flag 0x10 says that it differs    |
///  +----------------------------------------------------------------+
/// ```
///
/// At most 47 bytes for an IPv4 session and 95 for an IPv6 one. A lease is rounded up to a step, so
/// that no session ends before its blade means it to. Stateless; any bytes may be given to {@link
/// #decode}.
@SuppressWarnings("EnumOrdinal") // the wire has the order of the enums; golden bytes hold it
public final class AnnouncementCodec {
    public static final int MAX_IPV4_LENGTH = 47;
    public static final int MAX_IPV6_LENGTH = 95;

    /// The announcement's kinds are the types 1 to 5 in {@link Kind}'s order.
    static final int FIRST_TYPE = 1;

    static final int LAST_TYPE = 5;
    static final int TYPE_SHIFT = 3;
    static final int DETAIL_MASK = 0x7;

    private static final int SHAPE = 1;
    private static final int PROTOCOL = 2;
    private static final int BLADE = 3;
    private static final int INCARNATION = 5;
    private static final int VERSION = 7;
    private static final int LEASE = 9;
    private static final int FLOW_ID = 11;
    private static final int FIXED_LENGTH = 19;
    private static final int VLAN_LENGTH = 4;
    private static final int ORIGINAL_BIT = 1 << 4;
    private static final int RESERVED_BITS = 0xE0;

    private static final ValueLayout.OfShort BE16 =
            JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt BE32 =
            JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong BE64 =
            JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private static final SessionAnnouncement.Kind[] KINDS = SessionAnnouncement.Kind.values();
    private static final TcpPhase[] PHASES = TcpPhase.values();

    private AnnouncementCodec() {}

    public static int encodedLength(final SessionAnnouncement announcement) {
        return lengthOf(shapeOf(announcement));
    }

    private static int shapeOf(final SessionAnnouncement announcement) {
        final boolean translated = !announcement.key().equals(announcement.original());
        return KeyCodec.shapeOf(announcement.key()) | (translated ? ORIGINAL_BIT : 0);
    }

    private static int lengthOf(final int shape) {
        final int bodies = (shape & ORIGINAL_BIT) != 0 ? 2 : 1;
        return FIXED_LENGTH
                + ((shape & KeyCodec.VLAN_BIT) != 0 ? VLAN_LENGTH : 0)
                + bodies * KeyCodec.bodyLength(shape);
    }

    /// Writes the announcement and answers its length.
    public static int encode(
            final SessionAnnouncement announcement,
            final MemorySegment segment,
            final long offset) {
        final int shape = shapeOf(announcement);
        final int type = FIRST_TYPE + announcement.kind().ordinal();
        segment.set(
                JAVA_BYTE, offset, (byte) (type << TYPE_SHIFT | announcement.phase().ordinal()));
        segment.set(JAVA_BYTE, offset + SHAPE, (byte) shape);
        segment.set(JAVA_BYTE, offset + PROTOCOL, (byte) announcement.key().protocol());
        segment.set(BE16, offset + BLADE, (short) announcement.blade());
        segment.set(BE16, offset + INCARNATION, (short) announcement.incarnation());
        segment.set(BE16, offset + VERSION, (short) announcement.version());
        segment.set(BE16, offset + LEASE, (short) leaseSteps(announcement.leaseMs()));
        segment.set(BE64, offset + FLOW_ID, announcement.flowId());
        long at = offset + FIXED_LENGTH;
        if ((shape & KeyCodec.VLAN_BIT) != 0) {
            segment.set(BE32, at, announcement.key().vlanDomain());
            at += VLAN_LENGTH;
        }
        at += KeyCodec.writeBody(announcement.key(), segment, at);
        if ((shape & ORIGINAL_BIT) != 0) {
            at += KeyCodec.writeBody(announcement.original(), segment, at);
        }
        return (int) (at - offset);
    }

    private static int leaseSteps(final int leaseMs) {
        return (leaseMs + SessionAnnouncement.LEASE_STEP_MS - 1)
                / SessionAnnouncement.LEASE_STEP_MS;
    }

    /// The announcement at `offset`, or null when these bytes are none. Further bytes within
    /// `length` are not looked at.
    public static @Nullable SessionAnnouncement decode(
            final MemorySegment segment, final long offset, final int length) {
        return refusal(segment, offset, length) == null ? read(segment, offset) : null;
    }

    /// Why the bytes at `offset` are no announcement; null when they are one. Only constants are
    /// answered, so that refusing costs nothing on the packet path.
    static @Nullable String refusal(
            final MemorySegment segment, final long offset, final int length) {
        if (length < FIXED_LENGTH) {
            return "announcement ends within its fixed part";
        }
        final int first = segment.get(JAVA_BYTE, offset);
        final int type = Byte.toUnsignedInt((byte) first) >>> TYPE_SHIFT;
        if (type < FIRST_TYPE || type > LAST_TYPE) {
            return "type is not that of an announcement";
        }
        if ((first & DETAIL_MASK) >= PHASES.length) {
            return "announcement has an unknown phase";
        }
        final int shape = Byte.toUnsignedInt(segment.get(JAVA_BYTE, offset + SHAPE));
        if ((shape & RESERVED_BITS) != 0) {
            return "announcement has unknown flags";
        }
        if (!KeyCodec.isLegalShape(shape)) {
            return "announcement has a key of an unknown kind";
        }
        if (length < lengthOf(shape)) {
            return "announcement ends within its keys";
        }
        if (segment.get(BE16, offset + BLADE) == 0) {
            return "announcement names blade 0";
        }
        return refusalOfKeys(shape, segment, offset + FIXED_LENGTH);
    }

    private static @Nullable String refusalOfKeys(
            final int shape, final MemorySegment segment, final long offset) {
        long at = offset;
        if ((shape & KeyCodec.VLAN_BIT) != 0) {
            if (segment.get(BE32, at) == 0) {
                return "announcement has an empty VLAN domain";
            }
            at += VLAN_LENGTH;
        }
        if (!KeyCodec.isLegalBody(shape, segment, at)) {
            return "announcement has a key that is not canonical";
        }
        if ((shape & ORIGINAL_BIT) == 0) {
            return null;
        }
        final int bodyLength = KeyCodec.bodyLength(shape);
        final long originalAt = at + bodyLength;
        if (!KeyCodec.isLegalBody(shape, segment, originalAt)) {
            return "announcement has an original key that is not canonical";
        }
        if (MemorySegment.mismatch(
                        segment, at, originalAt, segment, originalAt, originalAt + bodyLength)
                < 0) {
            return "announcement repeats its key as the original";
        }
        return null;
    }

    /// Reads an announcement that {@link #refusal} has passed.
    static SessionAnnouncement read(final MemorySegment segment, final long offset) {
        final int first = segment.get(JAVA_BYTE, offset);
        final int shape = segment.get(JAVA_BYTE, offset + SHAPE);
        final int protocol = Byte.toUnsignedInt(segment.get(JAVA_BYTE, offset + PROTOCOL));
        long at = offset + FIXED_LENGTH;
        int vlanDomain = 0;
        if ((shape & KeyCodec.VLAN_BIT) != 0) {
            vlanDomain = segment.get(BE32, at);
            at += VLAN_LENGTH;
        }
        final FlowKey key = new FlowKey();
        KeyCodec.readBody(shape, protocol, vlanDomain, segment, at, key);
        FlowKey original = key;
        if ((shape & ORIGINAL_BIT) != 0) {
            original = new FlowKey();
            KeyCodec.readBody(
                    shape,
                    protocol,
                    vlanDomain,
                    segment,
                    at + KeyCodec.bodyLength(shape),
                    original);
        }
        return new SessionAnnouncement(
                KINDS[(first >>> TYPE_SHIFT & 0x1F) - FIRST_TYPE],
                key,
                original,
                segment.get(BE64, offset + FLOW_ID),
                Short.toUnsignedInt(segment.get(BE16, offset + BLADE)),
                Short.toUnsignedInt(segment.get(BE16, offset + INCARNATION)),
                Short.toUnsignedInt(segment.get(BE16, offset + VERSION)),
                Short.toUnsignedInt(segment.get(BE16, offset + LEASE))
                        * SessionAnnouncement.LEASE_STEP_MS,
                PHASES[first & DETAIL_MASK]);
    }
}
