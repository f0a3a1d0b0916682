package io.boomerang.handoff.kernel;

import io.boomerang.handoff.ConnectionState;
import io.boomerang.linux.SystemCallException;
import io.boomerang.wire.InternetChecksum;
import io.boomerang.wire.IpProtocol;
import io.boomerang.wire.Ipv4Header;
import io.boomerang.wire.Ipv6Header;
import io.boomerang.wire.NetworkOrder;
import io.boomerang.wire.TcpHeader;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;

/// The FIN that a peer sent long ago. No option puts a restored socket into CLOSE-WAIT, so the
/// segment comes once more, from the peer's address by a raw socket, over the loopback of this
/// node.
final class PeerFin {
    private static final int VERSION_AND_LENGTH = 0x45;
    private static final int DONT_FRAGMENT = 0x4000;
    private static final int VERSION_6 = 0x6000_0000;
    private static final int HOPS = 64;
    private static final int TCP_DATA_OFFSET = 12;
    private static final int TCP_FLAGS = 13;
    private static final int WINDOW_LIMIT = 0xFFFF;

    private final SocketCalls calls;
    private final ConnectionState state;

    PeerFin(final SocketCalls calls, final ConnectionState state) {
        this.calls = calls;
        this.state = state;
    }

    void deliver() throws SystemCallException {
        final int family = SocketAddresses.familyOf(state.local());
        // IPPROTO_RAW: the header is ours, whatever the family.
        final int descriptor =
                calls.socket(family, SocketConstants.SOCK_RAW, SocketConstants.IPPROTO_RAW);
        try (Arena arena = Arena.ofConfined()) {
            final boolean ipv4 = family == SocketConstants.AF_INET;
            final int headerLength = ipv4 ? Ipv4Header.LENGTH : Ipv6Header.LENGTH;
            final MemorySegment packet = arena.allocate(headerLength + TcpHeader.LENGTH);
            if (ipv4) {
                writeIpv4(packet);
            } else {
                writeIpv6(packet);
            }
            writeTcp(packet, headerLength, ipv4);
            // The port means nothing to a raw socket; IPv6 refuses any but 0.
            calls.sendTo(descriptor, packet, new InetSocketAddress(state.local().getAddress(), 0));
        } finally {
            calls.close(descriptor);
        }
    }

    private void writeIpv4(final MemorySegment packet) {
        final Ipv4Header header = new Ipv4Header();
        packet.set(NetworkOrder.BYTE, 0, (byte) VERSION_AND_LENGTH);
        packet.set(NetworkOrder.SHORT, 6, (short) DONT_FRAGMENT);
        packet.set(NetworkOrder.BYTE, 9, (byte) IpProtocol.TCP);
        header.wrap(packet, 0, packet.byteSize());
        header.setTotalLength((int) packet.byteSize());
        header.setTimeToLive(HOPS);
        copyAddresses(packet, 12);
        header.setChecksum(
                InternetChecksum.finish(InternetChecksum.add(0, packet, 0, Ipv4Header.LENGTH)));
    }

    private void writeIpv6(final MemorySegment packet) {
        final Ipv6Header header = new Ipv6Header();
        packet.set(NetworkOrder.INT, 0, VERSION_6);
        packet.set(NetworkOrder.BYTE, 6, (byte) IpProtocol.TCP);
        header.wrap(packet, 0, packet.byteSize());
        header.setPayloadLength(TcpHeader.LENGTH);
        header.setHopLimit(HOPS);
        copyAddresses(packet, 8);
    }

    /// From the peer to this end.
    private void copyAddresses(final MemorySegment packet, final long at) {
        final byte[] from = state.remote().getAddress().getAddress();
        final byte[] to = state.local().getAddress().getAddress();
        MemorySegment.copy(from, 0, packet, ValueLayout.JAVA_BYTE, at, from.length);
        MemorySegment.copy(to, 0, packet, ValueLayout.JAVA_BYTE, at + from.length, to.length);
    }

    private void writeTcp(final MemorySegment packet, final int at, final boolean ipv4) {
        final TcpHeader header = new TcpHeader();
        packet.set(NetworkOrder.BYTE, at + TCP_DATA_OFFSET, (byte) (TcpHeader.LENGTH << 2));
        packet.set(NetworkOrder.BYTE, at + TCP_FLAGS, (byte) (TcpHeader.FIN | TcpHeader.ACK));
        header.wrap(packet, at, packet.byteSize());
        header.setSourcePort(state.remote().getPort());
        header.setDestinationPort(state.local().getPort());
        header.setSequence(state.receiveNext() - 1);
        header.setAcknowledgment(state.sendUnacknowledged());
        header.setWindow(
                Math.min(state.windows().send() >>> state.options().sendScale(), WINDOW_LIMIT));
        final int addresses = ipv4 ? 12 : 8;
        final long pseudoHeader =
                InternetChecksum.add(0, packet, addresses, at - addresses)
                        + IpProtocol.TCP
                        + TcpHeader.LENGTH;
        header.setChecksum(
                InternetChecksum.finish(
                        InternetChecksum.add(pseudoHeader, packet, at, TcpHeader.LENGTH)));
    }
}
