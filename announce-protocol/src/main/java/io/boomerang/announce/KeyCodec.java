package io.boomerang.announce;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.boomerang.flow.FlowKey;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The bytes of a flow key: its *shape*, which shares a byte with the message's own flags, and its
/// *body*, whose length the shape tells.
///
/// ```
///  shape  bit 0     IPv6
///         bits 1-2  kind: ports, identifier, addresses
///         bit 3     the key stands in a VLAN domain (4 bytes, placed by the message)
///         bits 4-7  free for the message
///
///          IPv4          IPv6
///  body    0  address a   0  address a
///          4  address b  16  address b
///          8  port a     32  port a
///         10  port b     34  port b
///         12             36
/// ```
///
/// A body is legal when `a` is not after `b` and the ports are what the kind says: an identifier
/// stands in both, addresses alone have zeros. Stateless; allocates nothing.
public final class KeyCodec {
    public static final int SHAPE_MASK = 0x0F;
    public static final int VLAN_BIT = 1 << 3;
    public static final int IPV4_BODY_LENGTH = 12;
    public static final int IPV6_BODY_LENGTH = 36;

    private static final int IPV6_BIT = 1;
    private static final int KIND_SHIFT = 1;
    private static final int KIND_MASK = 0x3;
    private static final int META_KIND_SHIFT = 8;
    private static final int META_IPV6_BIT = 1 << 10;

    private static final ValueLayout.OfShort BE16 =
            JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt BE32 =
            JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong BE64 =
            JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private KeyCodec() {}

    public static int shapeOf(final FlowKey key) {
        return (key.isIpv6() ? IPV6_BIT : 0)
                | key.kind() << KIND_SHIFT
                | (key.vlanDomain() != 0 ? VLAN_BIT : 0);
    }

    /// Whether a key can have this shape; bits 4 to 7 are not looked at.
    public static boolean isLegalShape(final int shape) {
        return (shape >>> KIND_SHIFT & KIND_MASK) <= FlowKey.KIND_ADDRESSES;
    }

    public static int bodyLength(final int shape) {
        return (shape & IPV6_BIT) != 0 ? IPV6_BODY_LENGTH : IPV4_BODY_LENGTH;
    }

    /// Writes the body and answers its length.
    public static int writeBody(final FlowKey key, final MemorySegment segment, final long offset) {
        if (key.isIpv6()) {
            segment.set(BE64, offset, key.aHigh());
            segment.set(BE64, offset + 8, key.aLow());
            segment.set(BE64, offset + 16, key.bHigh());
            segment.set(BE64, offset + 24, key.bLow());
            segment.set(BE16, offset + 32, (short) key.aPort());
            segment.set(BE16, offset + 34, (short) key.bPort());
            return IPV6_BODY_LENGTH;
        }
        segment.set(BE32, offset, (int) key.aLow());
        segment.set(BE32, offset + 4, (int) key.bLow());
        segment.set(BE16, offset + 8, (short) key.aPort());
        segment.set(BE16, offset + 10, (short) key.bPort());
        return IPV4_BODY_LENGTH;
    }

    /// Whether the body is one that {@link #writeBody} makes of a canonical key.
    public static boolean isLegalBody(
            final int shape, final MemorySegment segment, final long offset) {
        final long portsAt = offset + bodyLength(shape) - 4;
        final int aPort = Short.toUnsignedInt(segment.get(BE16, portsAt));
        final int bPort = Short.toUnsignedInt(segment.get(BE16, portsAt + 2));
        final boolean portsFitKind =
                switch (shape >>> KIND_SHIFT & KIND_MASK) {
                    case FlowKey.KIND_PORTS -> true;
                    case FlowKey.KIND_IDENTIFIER -> aPort == bPort;
                    default -> (aPort | bPort) == 0;
                };
        if (!portsFitKind) {
            return false;
        }
        final int order = compareAddresses(shape, segment, offset);
        return order < 0 || order == 0 && aPort <= bPort;
    }

    private static int compareAddresses(
            final int shape, final MemorySegment segment, final long offset) {
        if ((shape & IPV6_BIT) == 0) {
            return Integer.compareUnsigned(
                    segment.get(BE32, offset), segment.get(BE32, offset + 4));
        }
        final int high =
                Long.compareUnsigned(segment.get(BE64, offset), segment.get(BE64, offset + 16));
        return high != 0
                ? high
                : Long.compareUnsigned(
                        segment.get(BE64, offset + 8), segment.get(BE64, offset + 24));
    }

    /// Reads a body that {@link #isLegalBody} has passed.
    public static void readBody(
            final int shape,
            final int protocol,
            final int vlanDomain,
            final MemorySegment segment,
            final long offset,
            final FlowKey into) {
        final int kind = (shape >>> KIND_SHIFT & KIND_MASK) << META_KIND_SHIFT;
        if ((shape & IPV6_BIT) != 0) {
            into.setWords(
                    protocol | kind | META_IPV6_BIT,
                    segment.get(BE64, offset),
                    segment.get(BE64, offset + 8),
                    segment.get(BE64, offset + 16),
                    segment.get(BE64, offset + 24),
                    Short.toUnsignedInt(segment.get(BE16, offset + 32)),
                    Short.toUnsignedInt(segment.get(BE16, offset + 34)),
                    vlanDomain);
        } else {
            into.setWords(
                    protocol | kind,
                    0L,
                    Integer.toUnsignedLong(segment.get(BE32, offset)),
                    0L,
                    Integer.toUnsignedLong(segment.get(BE32, offset + 4)),
                    Short.toUnsignedInt(segment.get(BE16, offset + 8)),
                    Short.toUnsignedInt(segment.get(BE16, offset + 10)),
                    vlanDomain);
        }
    }
}
