package io.boomerang.backplane.udp;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;

import java.lang.foreign.MemorySegment;

/// Datagrams one behind the other in a channel's receive memory, as one read brought them: all of
/// one length, of which the last may be shorter.
final class JoinedDatagrams extends UnpooledDirectByteBuf {
    private int datagramBytes;

    JoinedDatagrams(final MemorySegment memory) {
        super(UnpooledByteBufAllocator.DEFAULT, memory.asByteBuffer(), (int) memory.byteSize());
    }

    /// They are the bytes from `begin` to `end`.
    void set(final int begin, final int end, final int newDatagramBytes) {
        setIndex(begin, end);
        datagramBytes = newDatagramBytes;
    }

    /// Of each but the last.
    int datagramBytes() {
        return datagramBytes;
    }

    int count() {
        return (readableBytes() + datagramBytes - 1) / datagramBytes;
    }
}
