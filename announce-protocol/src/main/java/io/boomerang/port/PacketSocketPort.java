package io.boomerang.port;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.boomerang.linux.SystemCalls;
import io.boomerang.wire.EtherType;
import io.boomerang.wire.EthernetHeader;
import io.boomerang.wire.VlanTag;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A port by AF_PACKET: one ring to receive and one to send, shared with the kernel.
///
/// Frames come after the interface's driver and before the kernel's own protocols, which see them,
/// too: an interface that is only a port has no address. A frame has a slot of its own, so that it
/// is here as soon as it has arrived; rings of version 3 hand over blocks, on a timer of at least a
/// millisecond.
///
/// What senders on the same machine leave for a network card to do is done here: checksums are
/// completed, tags put back, super-frames cut. A super-frame that fits no slot is read from the
/// socket, the one system call for many frames.
final class PacketSocketPort implements PacketPort {
    /// Frames may have two VLAN tags that the MTU does not count.
    private static final int TAGS_BYTES = 2 * VlanTag.LENGTH;

    private final PacketSocket socket;
    private final SystemCalls calls;
    private final Arena arena;
    private final Offloads offloads;
    private final PacketReceiveRing received;
    private final PacketTransmitRing toSend;
    private final SuperFrames superFrames;
    private final int longest;

    private long receivedFrames;
    private long tooLong;
    private long notSegmented;

    /// The ring was full and flushing it gave no room: the next {@link #flush} may.
    private boolean isStuck;

    private boolean isClosed;

    PacketSocketPort(
            final Arena arena,
            final PacketSocket socket,
            final Offloads offloads,
            final PortOptions options) {
        this.arena = arena;
        this.socket = socket;
        this.calls = socket.calls();
        this.offloads = offloads;
        received = new PacketReceiveRing(socket.receiveRing(), options.receiveFrames());
        toSend = new PacketTransmitRing(socket.transmitRing(), options.transmitFrames());
        superFrames = new SuperFrames(arena, socket.slotBytes());
        longest = socket.mtu() + EthernetHeader.LENGTH + TAGS_BYTES;
    }

    @Override
    public String name() {
        return socket.device();
    }

    @Override
    public String kind() {
        return "AF_PACKET";
    }

    @Override
    public int mtu() {
        return socket.mtu();
    }

    @Override
    public int receive(final FrameBurst burst) {
        burst.clear();
        received.giveBack();
        if (superFrames.isPending()) {
            superFrames.cut(burst);
        }
        while (!burst.isFull() && !superFrames.isPending()) {
            final int status = received.status();
            if ((status & PacketSlot.USER) == 0) {
                break;
            }
            take(burst, status);
            received.advance();
        }
        receivedFrames += burst.size();
        return burst.size();
    }

    private void take(final FrameBurst burst, final int status) {
        final MemorySegment ring = received.memory();
        final long slot = received.slot();
        final long frame =
                slot + Short.toUnsignedInt(ring.get(JAVA_SHORT_UNALIGNED, slot + PacketSlot.MAC));
        final int length = ring.get(JAVA_INT, slot + PacketSlot.LENGTH);
        final int gsoType =
                Byte.toUnsignedInt(ring.get(JAVA_BYTE, virtio(frame, PacketSlot.VIRTIO_GSO_TYPE)));
        if (gsoType != Segmenter.GSO_NONE || (status & PacketSlot.COPY) != 0) {
            takeSuperFrame(burst, status, frame, length, gsoType);
        } else if (length > longest || length > ring.get(JAVA_INT, slot + PacketSlot.PRESENT)) {
            tooLong++;
        } else {
            takeFrame(burst, status, frame, length);
        }
    }

    private void takeFrame(
            final FrameBurst burst, final int status, final long frame, final int length) {
        final MemorySegment ring = received.memory();
        final int flags = ring.get(JAVA_BYTE, virtio(frame, PacketSlot.VIRTIO_FLAGS));
        if ((flags & PacketSlot.VIRTIO_NEEDS_CHECKSUM) != 0) {
            final int start = virtioNumber(frame, PacketSlot.VIRTIO_CHECKSUM_START);
            final int field = virtioNumber(frame, PacketSlot.VIRTIO_CHECKSUM_OFFSET);
            PartialChecksum.complete(ring, frame + start, field, frame + length);
        }
        final int tag = tag(status);
        if (tag == 0) {
            burst.add(ring, frame, length);
        } else {
            final long start = FrameTag.putBack(ring, frame, tag >>> 16, tag & 0xFFFF);
            burst.add(ring, start, length + VlanTag.LENGTH);
        }
    }

    private void takeSuperFrame(
            final FrameBurst burst,
            final int status,
            final long frame,
            final int length,
            final int gsoType) {
        final int gsoSize = virtioNumber(frame, PacketSlot.VIRTIO_GSO_SIZE);
        if ((status & PacketSlot.COPY) == 0) {
            if (length > received.memory().get(JAVA_INT, received.slot() + PacketSlot.PRESENT)) {
                // The socket's queue was full, so that only the beginning of it is here.
                tooLong++;
                return;
            }
            superFrames.copy(received.memory(), frame, length);
        } else if (!superFrames.fetch(calls, socket.descriptor())) {
            tooLong++;
            return;
        }
        if (gsoType == Segmenter.GSO_NONE) {
            tooLong++;
        } else if (!superFrames.begin(gsoType, gsoSize, tag(status))) {
            notSegmented++;
        } else if (superFrames.fits(longest)) {
            // Room for pieces is overwritten from its beginning, so none may be in the burst yet.
            if (burst.size() == 0) {
                superFrames.cut(burst);
            }
        } else {
            superFrames.drop();
            tooLong++;
        }
    }

    /// The tag that was taken out of the frame: its type in the upper 16 bits; 0 when none was.
    private int tag(final int status) {
        if ((status & PacketSlot.VLAN_VALID) == 0) {
            return 0;
        }
        final MemorySegment ring = received.memory();
        final long slot = received.slot();
        final int type =
                (status & PacketSlot.VLAN_TYPE_VALID) == 0
                        ? EtherType.VLAN
                        : ring.get(JAVA_SHORT_UNALIGNED, slot + PacketSlot.TAG_TYPE);
        return type << 16
                | Short.toUnsignedInt(
                        ring.get(JAVA_SHORT_UNALIGNED, slot + PacketSlot.TAG_CONTROL));
    }

    private int virtioNumber(final long frame, final int field) {
        return Short.toUnsignedInt(
                received.memory().get(JAVA_SHORT_UNALIGNED, virtio(frame, field)));
    }

    private static long virtio(final long frame, final int field) {
        return frame - PacketSlot.VIRTIO_BYTES + field;
    }

    @Override
    public boolean transmit(final MemorySegment frame, final long offset, final int length) {
        if (length > longest || length < EthernetHeader.LENGTH) {
            tooLong++;
            return false;
        }
        if (toSend.offer(frame, offset, length)) {
            return true;
        }
        if (isStuck) {
            return false;
        }
        flush();
        isStuck = !toSend.offer(frame, offset, length);
        return !isStuck;
    }

    @Override
    public void flush() {
        isStuck = false;
        toSend.flush(calls, socket.descriptor());
    }

    @Override
    public PortCounters counters() {
        return new PortCounters(
                receivedFrames,
                toSend.sent(),
                socket.drops(),
                tooLong,
                notSegmented,
                toSend.notSent());
    }

    @Override
    public int[] descriptors() {
        return new int[] {socket.descriptor()};
    }

    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        socket.close();
        offloads.close();
        arena.close();
    }
}
