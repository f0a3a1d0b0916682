package io.boomerang.port;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/// A slot of a ring that this process shares with the kernel's packet socket, version 2
/// (linux/if_packet.h, `struct tpacket2_hdr`). The status says whose the slot is.
///
/// ```
///  0        4        8         12    14    16        24    26
/// +--------+--------+---------+-----+-----+---------+-----+------+
/// | status | length | present | mac | net | time    | tci | tpid |
/// +--------+--------+---------+-----+-----+---------+-----+------+
/// ```
///
/// In front of each frame stands a `struct virtio_net_hdr` (linux/virtio_net.h), in the machine's
/// byte order, which says what work the kernel has left for a network card.
///
/// ```
///  0       1          2                4          6                8                 10
/// +-------+----------+----------------+----------+----------------+-----------------+
/// | flags | gso type | headers' bytes | gso size | checksum start | checksum offset |
/// +-------+----------+----------------+----------+----------------+-----------------+
/// ```
final class PacketSlot {
    /// `TPACKET2_HDRLEN`: header and `struct sockaddr_ll`.
    static final int HEADER_BYTES = 52;

    static final int VIRTIO_BYTES = 10;

    /// Where in a slot to be sent the virtio header stands: the address is left out.
    static final int TRANSMIT_DATA = 32;

    static final int LENGTH = 4;
    static final int PRESENT = 8;
    static final int MAC = 12;
    static final int TAG_CONTROL = 24;
    static final int TAG_TYPE = 26;

    static final int VIRTIO_FLAGS = 0;
    static final int VIRTIO_GSO_TYPE = 1;
    static final int VIRTIO_HEADER_BYTES = 2;
    static final int VIRTIO_GSO_SIZE = 4;
    static final int VIRTIO_CHECKSUM_START = 6;
    static final int VIRTIO_CHECKSUM_OFFSET = 8;
    static final int VIRTIO_NEEDS_CHECKSUM = 1;

    // TP_STATUS_*.
    static final int KERNEL = 0;
    static final int USER = 1;
    static final int COPY = 1 << 1;
    static final int VLAN_VALID = 1 << 4;
    static final int VLAN_TYPE_VALID = 1 << 6;
    static final int AVAILABLE = 0;
    static final int SEND_REQUEST = 1;

    private static final VarHandle STATUS = JAVA_INT.varHandle();

    private PacketSlot() {}

    /// The status; what the kernel wrote before it is visible then.
    static int status(final MemorySegment ring, final long slot) {
        return (int) STATUS.getAcquire(ring, slot);
    }

    /// Sets the status after what was written before.
    static void publish(final MemorySegment ring, final long slot, final int status) {
        STATUS.setRelease(ring, slot, status);
    }
}
