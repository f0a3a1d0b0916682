package io.boomerang.backplane.udp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// Gives a channel one and the same memory for every read: who reads is done with it before the
/// next one.
///
/// What the kernel has joined (udp(7), UDP_GRO) Netty cuts into a message for each datagram. Here
/// the first cut takes all that is left, as {@link JoinedDatagrams}: a message and its way through
/// the pipeline for each datagram cost more than to look into it.
@SuppressWarnings("deprecation") // of Netty's two interfaces for this the newer one has no handles
final class ReceiveBuffer extends DefaultMaxMessagesRecvByteBufAllocator {
    private final Memory memory;
    private final JoinedDatagrams joined;

    /// @param mostDatagrams after so many of them the channel lets others have the thread
    ReceiveBuffer(final MemorySegment memory, final int mostDatagrams) {
        super(mostDatagrams);
        this.memory = new Memory(memory);
        this.joined = new JoinedDatagrams(memory);
    }

    @Override
    public Handle newHandle() {
        return new MaxMessageHandle() {
            @Override
            public ByteBuf allocate(final ByteBufAllocator allocator) {
                assert memory.refCnt() == 1 && joined.refCnt() == 1
                        : "somebody has kept what was received";
                memory.handle = this;
                return memory.clear().retain();
            }

            @Override
            public int guess() {
                return memory.capacity();
            }
        };
    }

    /// What a read is written to. A slice of it is itself, as there is only one at a time.
    private final class Memory extends UnpooledDirectByteBuf {
        private @Nullable Handle handle;

        Memory(final MemorySegment memory) {
            super(UnpooledByteBufAllocator.DEFAULT, memory.asByteBuffer(), (int) memory.byteSize());
        }

        @Override
        public ByteBuf retainedSlice(final int index, final int length) {
            return setIndex(index, index + length).retain();
        }

        @Override
        public ByteBuf readRetainedSlice(final int length) {
            joined.set(readerIndex(), writerIndex(), length);
            readerIndex(writerIndex());
            final Handle counting = handle;
            if (counting != null) {
                counting.incMessagesRead(joined.count() - 1); // Netty itself counts one
            }
            return joined.retain();
        }
    }
}
