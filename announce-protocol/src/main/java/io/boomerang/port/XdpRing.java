package io.boomerang.port;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/// One of the four rings that an AF_XDP socket shares with the kernel (linux/if_xdp.h): one side
/// produces, the other consumes, and each publishes how far it is as a count modulo 2^32.
///
/// Entries are addresses in the socket's frame memory, of 8 bytes, or descriptors of 16: address,
/// length, options.
final class XdpRing {
    static final int ADDRESS_BYTES = 8;
    static final int DESCRIPTOR_BYTES = 16;

    private static final int DESCRIPTOR_LENGTH = 8;
    private static final int DESCRIPTOR_OPTIONS = 12;
    private static final int NEED_WAKEUP = 1;
    private static final VarHandle COUNT = JAVA_INT.varHandle();

    private final MemorySegment memory;
    private final long producer;
    private final long consumer;
    private final long flags;
    private final long entries;
    private final int entryBytes;
    private final int mask;

    /// This process's own count, of what it has produced or consumed.
    private int own;

    /// The other side's count when it was last looked at.
    private int others;

    /// @param memory of the whole ring
    /// @param offsets `struct xdp_ring_offset`: where producer, consumer, entries and flags are
    XdpRing(
            final MemorySegment memory,
            final MemorySegment offsets,
            final int size,
            final int entryBytes) {
        this.memory = memory;
        producer = offsets.getAtIndex(JAVA_LONG, 0);
        consumer = offsets.getAtIndex(JAVA_LONG, 1);
        entries = offsets.getAtIndex(JAVA_LONG, 2);
        flags = offsets.getAtIndex(JAVA_LONG, 3);
        this.entryBytes = entryBytes;
        mask = size - 1;
    }

    /// As the producer: how many entries may be written.
    int room() {
        if (own - others > mask) {
            others = (int) COUNT.getAcquire(memory, consumer);
        }
        return mask + 1 - (own - others);
    }

    /// As the producer: writes an entry, where there is {@link #room}.
    void produce(final long address) {
        memory.set(JAVA_LONG, entry(), address);
        own++;
    }

    /// As the producer: writes a descriptor.
    void produce(final long address, final int length) {
        final long at = entry();
        memory.set(JAVA_LONG, at, address);
        memory.set(JAVA_INT, at + DESCRIPTOR_LENGTH, length);
        memory.set(JAVA_INT, at + DESCRIPTOR_OPTIONS, 0);
        own++;
    }

    /// As the producer: shows the kernel what was written.
    void publishProduced() {
        COUNT.setRelease(memory, producer, own);
    }

    /// As the producer: how many entries the kernel has not consumed.
    int outstanding() {
        return own - (int) COUNT.getAcquire(memory, consumer);
    }

    /// As the consumer: how many entries may be read.
    int available() {
        if (others == own) {
            others = (int) COUNT.getAcquire(memory, producer);
        }
        return others - own;
    }

    /// As the consumer: the address in the next entry, where one is {@link #available}.
    long address() {
        return memory.get(JAVA_LONG, entry());
    }

    /// As the consumer: the length in the next descriptor.
    int length() {
        return memory.get(JAVA_INT, entry() + DESCRIPTOR_LENGTH);
    }

    /// As the consumer: goes on to the entry behind.
    void advance() {
        own++;
    }

    /// As the consumer: lets the kernel have the entries that were gone over.
    void publishConsumed() {
        COUNT.setRelease(memory, consumer, own);
    }

    /// Whether the kernel waits for a system call to go on with this ring.
    boolean needsWakeup() {
        return ((int) COUNT.getAcquire(memory, flags) & NEED_WAKEUP) != 0;
    }

    private long entry() {
        return entries + (long) (own & mask) * entryBytes;
    }
}
