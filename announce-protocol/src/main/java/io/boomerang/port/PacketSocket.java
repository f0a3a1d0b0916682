package io.boomerang.port;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.boomerang.linux.Errno;
import io.boomerang.linux.MemoryMap;
import io.boomerang.linux.SystemCallException;
import io.boomerang.linux.SystemCalls;
import io.boomerang.wire.EthernetHeader;
import io.boomerang.wire.NetworkOrder;
import io.boomerang.wire.VlanTag;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A packet socket with its two rings, set up for one interface.
///
/// It is bound last: until then no frame comes, so none of another interface ever does.
final class PacketSocket {
    // sys/socket.h, linux/if_ether.h, linux/if_packet.h.
    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private static final int ETH_P_ALL = 3;
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUF = 7;
    private static final int SO_RCVBUF = 8;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_ADD_MEMBERSHIP = 1;
    private static final int PACKET_RX_RING = 5;
    private static final int PACKET_STATISTICS = 6;
    private static final int PACKET_COPY_THRESH = 7;
    private static final int PACKET_VERSION = 10;
    private static final int PACKET_TX_RING = 13;
    private static final int PACKET_LOSS = 14;
    private static final int PACKET_VNET_HDR = 15;
    private static final int PACKET_QDISC_BYPASS = 20;
    private static final int PACKET_IGNORE_OUTGOING = 23;
    private static final int TPACKET_V2 = 1;
    private static final short PACKET_MR_PROMISC = 1;

    private static final int REQUEST_BYTES = 16;
    private static final int MEMBERSHIP_BYTES = 16;
    private static final int MEMBERSHIP_TYPE = 4;
    private static final int ADDRESS_BYTES = 20;
    private static final int ADDRESS_PROTOCOL = 2;
    private static final int ADDRESS_INDEX = 4;

    /// What the kernel puts in front of a received frame at the most: headers, alignment, virtio.
    private static final int RECEIVE_HEADROOM =
            PacketSlot.HEADER_BYTES + 2 * 16 + PacketSlot.VIRTIO_BYTES;

    private static final int LEAST_BLOCK_BYTES = 1 << 16;
    private static final int BUFFER_BYTES = 1 << 24;

    private final String device;
    private final int mtu;
    private final SystemCalls calls;
    private final int descriptor;
    private final int slotBytes;
    private final MemorySegment receiveRing;
    private final MemorySegment transmitRing;
    private final MemorySegment statistics;
    private long drops;

    PacketSocket(final Arena arena, final NetworkDevice device, final PortOptions options)
            throws SystemCallException {
        this.device = device.name();
        mtu = device.mtu();
        calls = new SystemCalls(arena);
        statistics = arena.allocate(2L * Integer.BYTES, Integer.BYTES);
        slotBytes = slotBytes(mtu);
        descriptor = calls.socket(AF_PACKET, SOCK_RAW_CLOEXEC, 0);
        try {
            configure(options);
            final long receiveBytes = ring(arena, PACKET_RX_RING, options.receiveFrames());
            final long transmitBytes = ring(arena, PACKET_TX_RING, options.transmitFrames());
            final MemorySegment both =
                    MemoryMap.shared(arena, descriptor, 0, receiveBytes + transmitBytes);
            receiveRing = both.asSlice(0, receiveBytes);
            transmitRing = both.asSlice(receiveBytes, transmitBytes);
            join(arena, device.index());
            bind(arena, device.index());
        } catch (final SystemCallException e) {
            calls.close(descriptor);
            throw e;
        }
    }

    /// A power of two, so that slots follow one another without gaps from block to block.
    private static int slotBytes(final int mtu) {
        final int frame = mtu + EthernetHeader.LENGTH + 2 * VlanTag.LENGTH;
        return Integer.highestOneBit(frame + RECEIVE_HEADROOM - 1) << 1;
    }

    private void configure(final PortOptions options) throws SystemCallException {
        set(PACKET_VERSION, "PACKET_VERSION", TPACKET_V2);
        set(PACKET_VNET_HDR, "PACKET_VNET_HDR", 1);
        set(PACKET_IGNORE_OUTGOING, "PACKET_IGNORE_OUTGOING", 1);
        // A super-frame that fits no slot is put into the socket's queue as a whole.
        set(PACKET_COPY_THRESH, "PACKET_COPY_THRESH", 1);
        // A frame that the kernel finds wrong does not stop those behind it.
        set(PACKET_LOSS, "PACKET_LOSS", 1);
        set(PACKET_QDISC_BYPASS, "PACKET_QDISC_BYPASS", options.bypassQueueing() ? 1 : 0);
        enlarge(SO_RCVBUFFORCE, SO_RCVBUF, "SO_RCVBUF");
        enlarge(SO_SNDBUFFORCE, SO_SNDBUF, "SO_SNDBUF");
    }

    private void set(final int option, final String name, final int value)
            throws SystemCallException {
        calls.setOption(descriptor, SOL_PACKET, option, name, value);
    }

    /// Beyond the system's limit where this process may do so.
    private void enlarge(final int force, final int ask, final String name)
            throws SystemCallException {
        try {
            calls.setOption(descriptor, SOL_SOCKET, force, name, BUFFER_BYTES);
        } catch (final SystemCallException e) {
            if (e.errno() != Errno.EPERM) {
                throw e;
            }
            calls.setOption(descriptor, SOL_SOCKET, ask, name, BUFFER_BYTES);
        }
    }

    /// `struct tpacket_req`: block size, blocks, slot size, slots. Answers the ring's bytes.
    private long ring(final Arena arena, final int option, final int slots)
            throws SystemCallException {
        final long bytes = (long) slots * slotBytes;
        final int blockBytes = (int) Math.min(bytes, Math.max(LEAST_BLOCK_BYTES, slotBytes));
        final MemorySegment request = arena.allocate(REQUEST_BYTES, Integer.BYTES);
        request.setAtIndex(JAVA_INT, 0, blockBytes);
        request.setAtIndex(JAVA_INT, 1, (int) (bytes / blockBytes));
        request.setAtIndex(JAVA_INT, 2, slotBytes);
        request.setAtIndex(JAVA_INT, 3, slots);
        final String name = option == PACKET_RX_RING ? "PACKET_RX_RING" : "PACKET_TX_RING";
        calls.setOption(descriptor, SOL_PACKET, option, name, request);
        return bytes;
    }

    /// `struct packet_mreq`: the kernel itself ends promiscuous mode with the socket.
    private void join(final Arena arena, final int index) throws SystemCallException {
        final MemorySegment membership = arena.allocate(MEMBERSHIP_BYTES, Integer.BYTES);
        membership.set(JAVA_INT, 0, index);
        membership.set(JAVA_SHORT, MEMBERSHIP_TYPE, PACKET_MR_PROMISC);
        calls.setOption(
                descriptor, SOL_PACKET, PACKET_ADD_MEMBERSHIP, "PACKET_ADD_MEMBERSHIP", membership);
    }

    /// `struct sockaddr_ll`.
    private void bind(final Arena arena, final int index) throws SystemCallException {
        final MemorySegment address = arena.allocate(ADDRESS_BYTES, Integer.BYTES);
        address.set(JAVA_SHORT, 0, (short) AF_PACKET);
        address.set(NetworkOrder.SHORT, ADDRESS_PROTOCOL, (short) ETH_P_ALL);
        address.set(JAVA_INT, ADDRESS_INDEX, index);
        calls.bind(descriptor, address);
    }

    String device() {
        return device;
    }

    int mtu() {
        return mtu;
    }

    SystemCalls calls() {
        return calls;
    }

    int descriptor() {
        return descriptor;
    }

    int slotBytes() {
        return slotBytes;
    }

    MemorySegment receiveRing() {
        return receiveRing;
    }

    MemorySegment transmitRing() {
        return transmitRing;
    }

    /// Frames that the kernel dropped so far. It counts from zero each time it is asked.
    long drops() {
        try {
            calls.getOption(
                    descriptor, SOL_PACKET, PACKET_STATISTICS, "PACKET_STATISTICS", statistics);
            drops += Integer.toUnsignedLong(statistics.get(JAVA_INT, Integer.BYTES));
        } catch (final SystemCallException e) {
            throw new IllegalStateException("a packet socket always has statistics", e);
        }
        return drops;
    }

    void close() {
        calls.close(descriptor);
    }
}
