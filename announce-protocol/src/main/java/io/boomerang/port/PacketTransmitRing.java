package io.boomerang.port;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.boomerang.linux.Errno;
import io.boomerang.linux.SystemCalls;

import java.lang.foreign.MemorySegment;

/// The frames that wait to be sent by a packet socket, in memory that the kernel reads.
final class PacketTransmitRing {
    private static final int MSG_DONTWAIT = 0x40;

    /// The kernel copies as much of a frame as its headers are said to have, and refers to the
    /// ring's pages for what is left. Whoever on this machine receives such a frame copies it to a
    /// page of its own first, which costs more than to copy a frame of this length at once, in
    /// bytes.
    private static final int COPIED_BYTES = 2_048;

    private final MemorySegment ring;
    private final int slotBytes;
    private final int slotMask;

    /// Counts of slots: queued by this process, and taken by the kernel.
    private long queued;

    private long taken;

    private long notSent;

    PacketTransmitRing(final MemorySegment ring, final int slots) {
        this.ring = ring;
        this.slotBytes = (int) (ring.byteSize() / slots);
        this.slotMask = slots - 1;
        // No work is left for the card: all virtio headers are zero but for the headers' length.
        for (int slot = 0; slot < slots; slot++) {
            ring.asSlice(
                            (long) slot * slotBytes + PacketSlot.TRANSMIT_DATA,
                            PacketSlot.VIRTIO_BYTES)
                    .fill((byte) 0);
        }
    }

    /// Copies a frame that fits a slot into the next one; false when that is still the kernel's.
    boolean offer(final MemorySegment frame, final long offset, final int length) {
        final long slot = slot(queued);
        if (queued - taken > slotMask || PacketSlot.status(ring, slot) != PacketSlot.AVAILABLE) {
            return false;
        }
        MemorySegment.copy(
                frame,
                JAVA_BYTE,
                offset,
                ring,
                JAVA_BYTE,
                slot + PacketSlot.TRANSMIT_DATA + PacketSlot.VIRTIO_BYTES,
                length);
        ring.set(
                JAVA_SHORT_UNALIGNED,
                slot + PacketSlot.TRANSMIT_DATA + PacketSlot.VIRTIO_HEADER_BYTES,
                (short) (length <= COPIED_BYTES ? length : 0));
        ring.set(JAVA_INT, slot + PacketSlot.LENGTH, length + PacketSlot.VIRTIO_BYTES);
        PacketSlot.publish(ring, slot, PacketSlot.SEND_REQUEST);
        queued++;
        return true;
    }

    /// Has the kernel send what is queued.
    ///
    /// When the interface is congested, what is left stays for the next time; when it is down or
    /// gone, what is left is given up, lest old frames come out when it returns.
    void flush(final SystemCalls calls, final int socket) {
        if (queued == taken) {
            return;
        }
        long result = calls.send(socket, MemorySegment.NULL, 0, MSG_DONTWAIT);
        if (isRefusal(result)) {
            // What happened to the interface earlier is told once, before anything is sent.
            result = calls.send(socket, MemorySegment.NULL, 0, MSG_DONTWAIT);
        }
        while (taken < queued && PacketSlot.status(ring, slot(taken)) != PacketSlot.SEND_REQUEST) {
            taken++;
        }
        if (isRefusal(result)) {
            giveUp();
        }
    }

    private static boolean isRefusal(final long result) {
        return result < 0
                && result != -Errno.EAGAIN
                && result != -Errno.ENOBUFS
                && result != -Errno.EINTR;
    }

    private void giveUp() {
        while (queued > taken) {
            queued--;
            PacketSlot.publish(ring, slot(queued), PacketSlot.AVAILABLE);
            notSent++;
        }
    }

    /// Frames that the kernel took.
    long sent() {
        return taken;
    }

    /// Frames given up.
    long notSent() {
        return notSent;
    }

    private long slot(final long count) {
        return (count & slotMask) * slotBytes;
    }
}
