package io.boomerang.backplane.udp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;

import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.Arrays;

/// Datagrams for one node, one behind the other, until they are sent together.
///
/// They form runs: datagrams of one length, of which the last may be shorter, that one call hands
/// to the kernel for segmentation (udp(7), UDP_SEGMENT). The order of the datagrams stays.
final class Lane {
    /// Of a run, as kernels before 6.9 allow (UDP_MAX_SEGMENTS, linux/udp.h).
    static final int MAX_SEGMENTS = 64;

    static final int BYTES = 1 << 17;

    /// A run is one UDP datagram to the kernel.
    private static final int MAX_RUN_BYTES = 65_000;

    final MemorySegment memory;

    private final InetSocketAddress address;
    private final ByteBuf buffer;
    private final int packetBytes;
    private final boolean segments;

    private int position;
    private int runCount;
    private int[] runLength = new int[16];
    private int[] runSegment = new int[16];
    private int datagramsInRun;
    private boolean runIsOpen;

    /// @param packetBytes longer datagrams are sent alone, because the kernel has to fragment them
    /// @param segments whether the kernel takes runs of more than one datagram
    Lane(
            final InetSocketAddress address,
            final MemorySegment memory,
            final int packetBytes,
            final boolean segments) {
        this.address = address;
        this.memory = memory;
        this.buffer = Unpooled.wrappedBuffer(memory.asByteBuffer());
        this.packetBytes = packetBytes;
        this.segments = segments;
    }

    boolean isEmpty() {
        return runCount == 0;
    }

    boolean hasRoom(final int length) {
        return length <= BYTES - position;
    }

    /// Where the next datagram is to be written.
    long position() {
        return position;
    }

    /// The datagram at {@link #position()} is complete.
    void append(final int length) {
        position += length;
        if (runIsOpen
                && length <= runSegment[runCount - 1]
                && runLength[runCount - 1] + length <= MAX_RUN_BYTES) {
            runLength[runCount - 1] += length;
            datagramsInRun++;
            runIsOpen = length == runSegment[runCount - 1] && datagramsInRun < MAX_SEGMENTS;
            return;
        }
        if (runCount == runLength.length) {
            runLength = Arrays.copyOf(runLength, 2 * runCount);
            runSegment = Arrays.copyOf(runSegment, 2 * runCount);
        }
        runLength[runCount] = length;
        runSegment[runCount] = length;
        runCount++;
        datagramsInRun = 1;
        runIsOpen = segments && length <= packetBytes;
    }

    /// Hands all runs to the channel and answers how many they were. The memory may be written to
    /// again when the channel has none of them any more.
    int write(final Channel channel) {
        int at = 0;
        for (int i = 0; i < runCount; i++) {
            final ByteBuf run = buffer.retainedSlice(at, runLength[i]);
            final ChannelFuture _ =
                    channel.write(
                            runLength[i] > runSegment[i]
                                    ? new SegmentedDatagramPacket(run, runSegment[i], address)
                                    : new DatagramPacket(run, address),
                            channel.voidPromise());
            at += runLength[i];
        }
        final int runs = runCount;
        runCount = 0;
        position = 0;
        runIsOpen = false;
        return runs;
    }
}
