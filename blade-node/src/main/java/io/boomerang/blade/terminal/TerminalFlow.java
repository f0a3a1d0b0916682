package io.boomerang.blade.terminal;

import io.boomerang.blade.processor.LinkHeaders;
import io.boomerang.blade.session.FlowState;
import io.boomerang.flow.ParsedPacket;
import io.boomerang.handoff.Sequence;
import io.boomerang.wire.TcpHeader;

import java.lang.foreign.MemorySegment;

/// What is remembered of a connection that ends in the stack: the link headers of its frames, and
/// how far its data goes that the stack has been handed. The latter is the stack's own and does not
/// travel.
final class TerminalFlow implements FlowState {
    private final LinkHeaders headers = new LinkHeaders();
    private final TcpHeader segment = new TcpHeader();
    private boolean known;
    private boolean fragmented;
    private int end;

    @Override
    public void clear() {
        headers.clear();
        forgetData();
    }

    @Override
    public byte[] toBytes() {
        return headers.toBytes();
    }

    @Override
    public boolean takeOver(final byte[] bytes) {
        forgetData();
        return headers.takeOver(bytes);
    }

    private void forgetData() {
        known = false;
        fragmented = false;
    }

    LinkHeaders headers() {
        return headers;
    }

    /// The stack gets this packet from a client.
    void hand(final MemorySegment frame, final long offset, final ParsedPacket packet) {
        if (packet.isFirstFragment() || packet.isLaterFragment()) {
            fragmented = true; // how long the segment is, no fragment says
            return;
        }
        final long transport = offset + packet.transportOffset();
        final long limit = offset + packet.endOffset();
        if (!segment.wrap(frame, transport, limit)) {
            return;
        }
        final int flags = segment.flags();
        final boolean opens = (flags & TcpHeader.SYN) != 0;
        if (opens) {
            forgetData();
        }
        final int behind =
                segment.sequence()
                        + (int) (limit - transport)
                        - segment.headerLength()
                        + (opens ? 1 : 0)
                        + ((flags & TcpHeader.FIN) != 0 ? 1 : 0);
        end = known ? Sequence.later(end, behind) : behind;
        known = true;
    }

    /// Whether no data that the stack was handed goes beyond this number; false when that is not
    /// known.
    boolean endsAt(final int sequence) {
        return known && !fragmented && !Sequence.isAfter(end, sequence);
    }
}
