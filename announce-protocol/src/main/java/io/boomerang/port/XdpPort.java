package io.boomerang.port;

import io.boomerang.linux.SystemCalls;
import io.boomerang.wire.EthernetHeader;
import io.boomerang.wire.VlanTag;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// A port by AF_XDP: a program in the interface's driver puts each frame into memory of this
/// process before the kernel sees it. One socket for each queue that frames arrive in; frames leave
/// by the first one, so that they keep their order.
///
/// What the driver cannot tell is found out here: a partial checksum where the interface has no
/// wire. The kernel on the other end of a veth makes no super-frames while the program is there.
final class XdpPort implements PacketPort {
    /// Frames may have two VLAN tags that the MTU does not count.
    static final int FRAMING_BYTES = EthernetHeader.LENGTH + 2 * VlanTag.LENGTH;

    private final String name;
    private final int mtu;
    private final Arena arena;
    private final SystemCalls calls;
    private final int[] programDescriptors;
    private final List<XdpQueue> queues;
    private final Offloads offloads;
    private final boolean hasWire;
    private final PartialChecksum checksum = new PartialChecksum();
    private int next;
    private long tooLong;
    private boolean isClosed;

    /// @param programDescriptors what to close, in this order, so that no more frames come
    /// @param hasWire whether frames come from elsewhere, with all that belongs to them
    XdpPort(
            final NetworkDevice device,
            final int mtu,
            final Arena arena,
            final SystemCalls calls,
            final int[] programDescriptors,
            final List<XdpQueue> queues,
            final Offloads offloads,
            final boolean hasWire) {
        this.name = device.name();
        this.mtu = mtu;
        this.arena = arena;
        this.calls = calls;
        this.programDescriptors = programDescriptors.clone();
        this.queues = List.copyOf(queues);
        this.offloads = offloads;
        this.hasWire = hasWire;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String kind() {
        final XdpSocket first = queues.getFirst().socket();
        return first.isZeroCopy() ? "AF_XDP zero copy" : "AF_XDP copy";
    }

    @Override
    public int mtu() {
        return mtu;
    }

    @Override
    public int receive(final FrameBurst burst) {
        burst.clear();
        final int count = queues.size();
        for (int i = 0; i < count; i++) {
            queues.get(i).giveBack();
        }
        // Each time another queue is first, so that none starves behind a full burst.
        next = next + 1 < count ? next + 1 : 0;
        for (int i = 0; i < count && !burst.isFull(); i++) {
            final int turn = next + i;
            queues.get(turn < count ? turn : turn - count).receive(burst);
        }
        if (!hasWire) {
            for (int i = 0; i < burst.size(); i++) {
                checksum.completeWhereMissing(burst.segment(i), burst.offset(i), burst.length(i));
            }
        }
        return burst.size();
    }

    @Override
    public boolean transmit(final MemorySegment frame, final long offset, final int length) {
        if (length > mtu + FRAMING_BYTES || length < EthernetHeader.LENGTH) {
            tooLong++;
            return false;
        }
        return queues.getFirst().offer(frame, offset, length);
    }

    @Override
    public void flush() {
        queues.getFirst().flush();
    }

    @Override
    public PortCounters counters() {
        long received = 0;
        long drops = 0;
        for (final XdpQueue queue : queues) {
            received += queue.received();
            drops += queue.socket().drops();
        }
        return new PortCounters(received, queues.getFirst().sent(), drops, tooLong, 0, 0);
    }

    @Override
    public int[] descriptors() {
        return queues.stream().mapToInt(queue -> queue.socket().descriptor()).toArray();
    }

    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        for (final int descriptor : programDescriptors) {
            calls.close(descriptor);
        }
        queues.forEach(queue -> queue.socket().close());
        offloads.close();
        arena.close();
    }
}
