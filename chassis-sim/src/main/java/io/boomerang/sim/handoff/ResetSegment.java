package io.boomerang.sim.handoff;

import io.boomerang.wire.InternetChecksum;
import io.boomerang.wire.IpProtocol;
import io.boomerang.wire.NetworkOrder;
import io.boomerang.wire.TcpHeader;

import java.lang.foreign.MemorySegment;

/// What a stack answers to a segment of a connection that it does not know (RFC 9293, 3.10.7.1): a
/// reset with the number that its sender acknowledged.
final class ResetSegment {
    private static final int ETHERNET = Frames.ETHERNET_BYTES;
    private static final int IPV4_BYTES = 20;
    private static final int IPV6_BYTES = 40;
    private static final int TCP_BYTES = 20;
    private static final int HOP_LIMIT = 64;

    private ResetSegment() {}

    /// The frame that answers a frame with an IP header without options.
    static byte[] answering(final MemorySegment received, final long offset) {
        final boolean isIpv6 = received.get(NetworkOrder.BYTE, offset + ETHERNET) >>> 4 == 6;
        final int ipBytes = isIpv6 ? IPV6_BYTES : IPV4_BYTES;
        final long from = offset + ETHERNET;
        final byte[] frame = new byte[ETHERNET + ipBytes + TCP_BYTES];
        final MemorySegment to = MemorySegment.ofArray(frame);
        MemorySegment.copy(received, offset, to, 0, ETHERNET);
        final int addressBytes = isIpv6 ? 16 : 4;
        final int source = isIpv6 ? 8 : 12;
        MemorySegment.copy(
                received, from + source + addressBytes, to, ETHERNET + source, addressBytes);
        MemorySegment.copy(
                received, from + source, to, ETHERNET + source + addressBytes, addressBytes);
        if (isIpv6) {
            to.set(NetworkOrder.BYTE, ETHERNET, (byte) 0x60);
            to.set(NetworkOrder.SHORT, ETHERNET + 4, (short) TCP_BYTES);
            to.set(NetworkOrder.BYTE, ETHERNET + 6, (byte) IpProtocol.TCP);
            to.set(NetworkOrder.BYTE, ETHERNET + 7, (byte) HOP_LIMIT);
        } else {
            to.set(NetworkOrder.BYTE, ETHERNET, (byte) 0x45);
            to.set(NetworkOrder.SHORT, ETHERNET + 2, (short) (ipBytes + TCP_BYTES));
            to.set(NetworkOrder.BYTE, ETHERNET + 8, (byte) HOP_LIMIT);
            to.set(NetworkOrder.BYTE, ETHERNET + 9, (byte) IpProtocol.TCP);
            final int header =
                    InternetChecksum.finish(InternetChecksum.add(0, to, ETHERNET, ipBytes));
            to.set(NetworkOrder.SHORT, ETHERNET + 10, (short) header);
        }
        final long tcp = from + ipBytes;
        final int at = ETHERNET + ipBytes;
        to.set(NetworkOrder.SHORT, at, received.get(NetworkOrder.SHORT, tcp + 2));
        to.set(NetworkOrder.SHORT, at + 2, received.get(NetworkOrder.SHORT, tcp));
        to.set(NetworkOrder.INT, at + 4, received.get(NetworkOrder.INT, tcp + 8));
        to.set(NetworkOrder.BYTE, at + 12, (byte) (TCP_BYTES / 4 << 4));
        to.set(NetworkOrder.BYTE, at + 13, (byte) TcpHeader.RST);
        final long pseudo =
                InternetChecksum.add(0, to, ETHERNET + source, 2L * addressBytes)
                        + IpProtocol.TCP
                        + TCP_BYTES;
        final int sum = InternetChecksum.finish(InternetChecksum.add(pseudo, to, at, TCP_BYTES));
        to.set(NetworkOrder.SHORT, at + 16, (short) sum);
        return frame;
    }
}
