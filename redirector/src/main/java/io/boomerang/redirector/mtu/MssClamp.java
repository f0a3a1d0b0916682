package io.boomerang.redirector.mtu;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.boomerang.wire.InternetChecksum;
import io.boomerang.wire.IpProtocol;
import io.boomerang.wire.Ipv4Header;
import io.boomerang.wire.Ipv6Header;
import io.boomerang.wire.NetworkOrder;
import io.boomerang.wire.TcpHeader;

import java.lang.foreign.MemorySegment;

/// Lowers the maximum segment size that a SYN states (RFC 9293, section 3.7.1), so that neither end
/// sends segments that do not fit. What states none means 536 or 1,220 bytes, which fit.
final class MssClamp {
    private static final int END = 0;
    private static final int NO_OPERATION = 1;
    private static final int MAXIMUM_SEGMENT_SIZE = 2;
    private static final int OPTION_LENGTH = 4;
    private static final int VALUE = 2;

    private final int longestIpv4;
    private final int longestIpv6;
    private final TcpHeader tcp = new TcpHeader();

    /// @param longestIpv4 packet that fits, with its header, in bytes
    /// @param longestIpv6 the same
    MssClamp(final int longestIpv4, final int longestIpv6) {
        this.longestIpv4 = longestIpv4 - Ipv4Header.LENGTH - TcpHeader.LENGTH;
        this.longestIpv6 = longestIpv6 - Ipv6Header.LENGTH - TcpHeader.LENGTH;
    }

    /// Lowers the segment size in the frame where it is one of a SYN and too big, and answers
    /// whether it was.
    boolean clamp(final IpFrame packet) {
        final MemorySegment frame = packet.frame();
        final long end = packet.network() + packet.packetLength();
        final long at;
        if (packet.isIpv4()) {
            if (packet.ipv4.protocol() != IpProtocol.TCP || packet.ipv4.fragmentOffset() != 0) {
                return false;
            }
            at = packet.network() + packet.ipv4.headerLength();
        } else {
            if (packet.ipv6.nextHeader() != IpProtocol.TCP) {
                return false;
            }
            at = packet.network() + Ipv6Header.LENGTH;
        }
        if (!tcp.wrap(frame, at, end) || (tcp.flags() & TcpHeader.SYN) == 0) {
            return false;
        }
        return clampOptions(
                frame,
                at + TcpHeader.LENGTH,
                at + tcp.headerLength(),
                at,
                packet.isIpv4() ? longestIpv4 : longestIpv6);
    }

    private boolean clampOptions(
            final MemorySegment frame,
            final long options,
            final long end,
            final long header,
            final int most) {
        long at = options;
        while (at < end) {
            final int kind = frame.get(JAVA_BYTE, at);
            if (kind == END) {
                return false;
            }
            if (kind == NO_OPERATION) {
                at++;
                continue;
            }
            final int length = at + 1 < end ? Byte.toUnsignedInt(frame.get(JAVA_BYTE, at + 1)) : 0;
            if (length < 2 || at + length > end) {
                return false;
            }
            if (kind == MAXIMUM_SEGMENT_SIZE && length == OPTION_LENGTH) {
                return lower(frame, at + VALUE, header, most);
            }
            at += length;
        }
        return false;
    }

    private boolean lower(
            final MemorySegment frame, final long at, final long header, final int most) {
        final int stated = Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, at));
        if (stated <= most) {
            return false;
        }
        frame.set(NetworkOrder.SHORT, at, (short) most);
        // Behind an odd number of bytes the value lies across two words of the sum.
        final boolean isAcross = (at - header & 1) != 0;
        tcp.setChecksum(
                InternetChecksum.update(
                        tcp.checksum(),
                        isAcross
                                ? InternetChecksum.difference(swapped(stated), swapped(most))
                                : InternetChecksum.difference(stated, most)));
        return true;
    }

    private static int swapped(final int word) {
        return (word & 0xFF) << 8 | word >>> 8;
    }
}
