package io.boomerang.conntrack;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.boomerang.flow.FlowKey;
import io.boomerang.wire.IpProtocol;
import io.boomerang.wire.NetworkOrder;

import java.lang.foreign.MemorySegment;

/// Writes requests to a kernel's connection tracking (`IPCTNL_MSG_CT_GET`,
/// linux/netfilter/nfnetlink_conntrack.h): for all connections, or for the one of a tuple.
/// Stateless.
final class TupleRequest {
    /// No request is longer.
    static final int MAX_BYTES = 128;

    private static final short NLA_F_NESTED = (short) 0x8000;
    private static final int TYPE = 4;
    private static final int FLAGS = 6;
    private static final int GET =
            ConntrackMessage.NFNL_SUBSYS_CTNETLINK << 8 | ConntrackMessage.IPCTNL_MSG_CT_GET;

    /// ICMP types of RFC 792 and RFC 4443.
    private static final int ECHO_REPLY = 0;

    private static final int V6_ECHO_REPLY = 129;

    // sys/socket.h
    private static final byte AF_UNSPEC = 0;
    private static final byte AF_INET = 2;
    private static final byte AF_INET6 = 10;

    private TupleRequest() {}

    /// Writes a request for all connections; answers its length.
    static int writeDump(final MemorySegment segment) {
        final int length = ConntrackMessage.HEADER_BYTES + ConntrackMessage.FAMILY_BYTES;
        writeHeader(
                segment,
                length,
                ConntrackMessage.NLM_F_REQUEST | ConntrackMessage.NLM_F_DUMP,
                AF_UNSPEC);
        return length;
    }

    /// Writes a request for the connection that a packet belongs to; answers its length, or 0 for a
    /// protocol whose tuples the key does not tell.
    ///
    /// @param fromB whether the packet goes from the key's endpoint `b` to `a`
    static int write(final MemorySegment segment, final FlowKey key, final boolean fromB) {
        if (key.kind() == FlowKey.KIND_IDENTIFIER && !isIcmp(key)) {
            return 0;
        }
        final long tuple = ConntrackMessage.HEADER_BYTES + ConntrackMessage.FAMILY_BYTES;
        final long addresses = tuple + AttributeCursor.HEADER_BYTES;
        final long protocol = writeAddresses(segment, addresses, key, fromB);
        final long end = writeProtocol(segment, protocol, key, fromB);
        nest(segment, tuple, ConntrackMessage.CTA_TUPLE_ORIG, end);
        writeHeader(
                segment,
                (int) end,
                ConntrackMessage.NLM_F_REQUEST,
                key.isIpv6() ? AF_INET6 : AF_INET);
        return (int) end;
    }

    private static boolean isIcmp(final FlowKey key) {
        return key.protocol() == (key.isIpv6() ? IpProtocol.ICMPV6 : IpProtocol.ICMP);
    }

    private static void writeHeader(
            final MemorySegment segment, final int length, final int flags, final byte family) {
        segment.asSlice(0, ConntrackMessage.HEADER_BYTES + ConntrackMessage.FAMILY_BYTES)
                .fill((byte) 0);
        segment.set(JAVA_INT_UNALIGNED, 0, length);
        segment.set(JAVA_SHORT_UNALIGNED, TYPE, (short) GET);
        segment.set(JAVA_SHORT_UNALIGNED, FLAGS, (short) flags);
        segment.set(JAVA_BYTE, ConntrackMessage.HEADER_BYTES, family);
    }

    private static long writeAddresses(
            final MemorySegment segment, final long at, final FlowKey key, final boolean fromB) {
        final long fromHigh = fromB ? key.bHigh() : key.aHigh();
        final long fromLow = fromB ? key.bLow() : key.aLow();
        final long toHigh = fromB ? key.aHigh() : key.bHigh();
        final long toLow = fromB ? key.aLow() : key.bLow();
        long next = at + AttributeCursor.HEADER_BYTES;
        if (key.isIpv6()) {
            next = putAddress(segment, next, ConntrackTuple.CTA_IP_V6_SRC, fromHigh, fromLow);
            next = putAddress(segment, next, ConntrackTuple.CTA_IP_V6_DST, toHigh, toLow);
        } else {
            next = putAddress(segment, next, ConntrackTuple.CTA_IP_V4_SRC, (int) fromLow);
            next = putAddress(segment, next, ConntrackTuple.CTA_IP_V4_DST, (int) toLow);
        }
        nest(segment, at, ConntrackTuple.CTA_TUPLE_IP, next);
        return next;
    }

    private static long writeProtocol(
            final MemorySegment segment, final long at, final FlowKey key, final boolean fromB) {
        long next = at + AttributeCursor.HEADER_BYTES;
        next = putByte(segment, next, ConntrackTuple.CTA_PROTO_NUM, key.protocol());
        if (key.kind() == FlowKey.KIND_PORTS) {
            final int from = fromB ? key.bPort() : key.aPort();
            final int to = fromB ? key.aPort() : key.bPort();
            next = putShort(segment, next, ConntrackTuple.CTA_PROTO_SRC_PORT, from);
            next = putShort(segment, next, ConntrackTuple.CTA_PROTO_DST_PORT, to);
        } else if (key.kind() == FlowKey.KIND_IDENTIFIER) {
            next = writeEcho(segment, next, key);
        }
        nest(segment, at, ConntrackTuple.CTA_TUPLE_PROTO, next);
        return next;
    }

    /// An answer, because that is what the requests of this project are about: the key does not say
    /// which query it was, and of others than echo there are hardly any.
    private static long writeEcho(final MemorySegment segment, final long at, final FlowKey key) {
        final int first =
                key.isIpv6()
                        ? ConntrackTuple.CTA_PROTO_ICMPV6_ID
                        : ConntrackTuple.CTA_PROTO_ICMP_ID;
        long next = putShort(segment, at, first, key.aPort());
        next = putByte(segment, next, first + 1, key.isIpv6() ? V6_ECHO_REPLY : ECHO_REPLY);
        return putByte(segment, next, first + 2, 0);
    }

    private static long putByte(
            final MemorySegment segment, final long at, final int type, final int value) {
        put(segment, at, type, Byte.BYTES);
        segment.set(NetworkOrder.INT, at + AttributeCursor.HEADER_BYTES, value << 24);
        return at + AttributeCursor.HEADER_BYTES + Integer.BYTES;
    }

    private static long putShort(
            final MemorySegment segment, final long at, final int type, final int value) {
        put(segment, at, type, Short.BYTES);
        segment.set(NetworkOrder.INT, at + AttributeCursor.HEADER_BYTES, value << 16);
        return at + AttributeCursor.HEADER_BYTES + Integer.BYTES;
    }

    private static long putAddress(
            final MemorySegment segment, final long at, final int type, final int address) {
        put(segment, at, type, Integer.BYTES);
        segment.set(NetworkOrder.INT, at + AttributeCursor.HEADER_BYTES, address);
        return at + AttributeCursor.HEADER_BYTES + Integer.BYTES;
    }

    private static long putAddress(
            final MemorySegment segment,
            final long at,
            final int type,
            final long high,
            final long low) {
        put(segment, at, type, 2 * Long.BYTES);
        segment.set(NetworkOrder.LONG, at + AttributeCursor.HEADER_BYTES, high);
        segment.set(NetworkOrder.LONG, at + AttributeCursor.HEADER_BYTES + Long.BYTES, low);
        return at + AttributeCursor.HEADER_BYTES + 2 * Long.BYTES;
    }

    private static void nest(
            final MemorySegment segment, final long at, final int type, final long end) {
        put(segment, at, type | NLA_F_NESTED, (int) (end - at) - AttributeCursor.HEADER_BYTES);
    }

    private static void put(
            final MemorySegment segment, final long at, final int type, final int valueBytes) {
        segment.set(JAVA_SHORT_UNALIGNED, at, (short) (AttributeCursor.HEADER_BYTES + valueBytes));
        segment.set(JAVA_SHORT_UNALIGNED, at + Short.BYTES, (short) type);
    }
}
