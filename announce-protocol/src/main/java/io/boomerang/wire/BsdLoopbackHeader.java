package io.boomerang.wire;

import java.lang.foreign.MemorySegment;

/// The address family before the packets of BSD loopback captures: LINKTYPE_LOOP in network order,
/// LINKTYPE_NULL in the order of the machine that captured.
public final class BsdLoopbackHeader {
    public static final int LENGTH = 4;

    public static final int INET = 2;

    /// IPv6 has another number on every BSD.
    private static final int INET6_LINUX = 10;

    private static final int INET6_WINDOWS = 23;
    private static final int INET6_NETBSD = 24;
    private static final int INET6_FREEBSD = 28;
    private static final int INET6_DARWIN = 30;

    private MemorySegment frame = MemorySegment.NULL;
    private long offset;

    /// Points this view at `offset` and answers whether every accessor is now in bounds.
    public boolean wrap(final MemorySegment frame, final long offset, final long limit) {
        this.frame = frame;
        this.offset = offset;
        return limit - offset >= LENGTH;
    }

    /// The family of LINKTYPE_LOOP.
    public int family() {
        return frame.get(NetworkOrder.INT, offset);
    }

    /// The family of LINKTYPE_NULL: families are small numbers, so a first byte of zero shows
    /// network order.
    public int hostOrderFamily() {
        final int family = family();
        return frame.get(NetworkOrder.BYTE, offset) == 0 ? family : Integer.reverseBytes(family);
    }

    public static boolean isIpv6(final int family) {
        return switch (family) {
            case INET6_LINUX, INET6_WINDOWS, INET6_NETBSD, INET6_FREEBSD, INET6_DARWIN -> true;
            default -> false;
        };
    }
}
