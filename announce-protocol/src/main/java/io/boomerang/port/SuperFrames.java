package io.boomerang.port;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.boomerang.linux.SystemCalls;
import io.boomerang.wire.VlanTag;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Super-frames on their way to become frames: the memory for one of them and for what is cut from
/// it in one burst.
final class SuperFrames {
    /// The kernel's limit for a super-frame is 64 KiB where nobody raises it, 512 KiB where it is
    /// raised to the utmost.
    private static final int MOST_BYTES = 1 << 19;

    /// Room for a tag in front of the frame; the virtio header lies there first.
    private static final int ROOM = 16;

    /// Frames cut in one burst.
    private static final int PIECES = 64;

    private static final int MSG_DONTWAIT = 0x40;

    private final Segmenter segmenter = new Segmenter();
    private final MemorySegment whole;
    private final MemorySegment pieces;
    private final int pieceBytes;
    private int length;

    SuperFrames(final Arena arena, final int pieceBytes) {
        this.pieceBytes = pieceBytes;
        whole = arena.allocate(MOST_BYTES, Long.BYTES);
        pieces = arena.allocate((long) PIECES * pieceBytes, Long.BYTES);
    }

    /// Takes a super-frame that did not fit the ring from the socket's queue; false when it is not
    /// there.
    boolean fetch(final SystemCalls calls, final int socket) {
        final MemorySegment target = whole.asSlice(ROOM - PacketSlot.VIRTIO_BYTES);
        final long received = calls.receive(socket, target, target.byteSize(), MSG_DONTWAIT);
        length = (int) received - PacketSlot.VIRTIO_BYTES;
        return length > 0;
    }

    /// Copies one that did.
    void copy(final MemorySegment ring, final long frame, final int frameLength) {
        MemorySegment.copy(ring, JAVA_BYTE, frame, whole, JAVA_BYTE, ROOM, frameLength);
        length = frameLength;
    }

    /// Begins to cut what was fetched or copied; false when it is of a kind that cannot be cut.
    ///
    /// @param tag the tag to put back, its type in the upper 16 bits, or 0
    boolean begin(final int gsoType, final int gsoSize, final int tag) {
        long start = ROOM;
        int tagged = length;
        if (tag != 0) {
            start = FrameTag.putBack(whole, start, tag >>> 16, tag & 0xFFFF);
            tagged += VlanTag.LENGTH;
        }
        return segmenter.begin(whole, start, tagged, gsoType, gsoSize);
    }

    /// Whether one is not cut to its end yet.
    boolean isPending() {
        return segmenter.hasNext();
    }

    /// Whether the frames cut from it are no longer than this.
    boolean fits(final int longest) {
        return segmenter.longest() <= Math.min(longest, pieceBytes);
    }

    void drop() {
        segmenter.drop();
    }

    /// Adds frames to a burst that has none of them yet, until it is full or all are cut or room is
    /// short. Overwrites those of the last burst.
    void cut(final FrameBurst burst) {
        for (int piece = 0; piece < PIECES && !burst.isFull() && segmenter.hasNext(); piece++) {
            final long at = (long) piece * pieceBytes;
            burst.add(pieces, at, segmenter.next(pieces, at));
        }
    }
}
