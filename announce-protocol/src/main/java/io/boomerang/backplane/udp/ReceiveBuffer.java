package io.boomerang.backplane.udp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

import java.lang.foreign.MemorySegment;

/// Gives a channel one and the same memory for every read: who reads is done with it before the
/// next one.
@SuppressWarnings("deprecation") // of Netty's two interfaces for this the newer one has no handles
final class ReceiveBuffer extends DefaultMaxMessagesRecvByteBufAllocator {
    private final ByteBuf buffer;

    /// @param mostDatagrams after so many of them the channel lets others have the thread
    ReceiveBuffer(final MemorySegment memory, final int mostDatagrams) {
        super(mostDatagrams);
        buffer = Unpooled.wrappedBuffer(memory.asByteBuffer());
    }

    @Override
    public Handle newHandle() {
        return new MaxMessageHandle() {
            @Override
            public ByteBuf allocate(final ByteBufAllocator allocator) {
                assert buffer.refCnt() == 1 : "somebody has kept what was received";
                return buffer.clear().retain();
            }

            @Override
            public int guess() {
                return buffer.capacity();
            }
        };
    }
}
