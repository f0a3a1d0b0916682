package io.boomerang.port;

import io.boomerang.wire.Crc32c;
import io.boomerang.wire.InternetChecksum;
import io.boomerang.wire.IpProtocol;
import io.boomerang.wire.NetworkOrder;

import java.lang.foreign.MemorySegment;

/// Completes checksums that a kernel left to a network card that does not exist: a sender on the
/// same machine writes the sum of the pseudo-header into the field and counts on the card for the
/// rest (RFC 9260's CRC for SCTP: it writes zero).
final class PartialChecksum {
    private static final int TCP_FIELD = 16;
    private static final int UDP_FIELD = 6;
    private static final int SCTP_FIELD = 8;

    private final TransportView view = new TransportView();

    /// Completes the checksum that the kernel has said to be partial.
    ///
    /// @param start where the sum begins
    /// @param field where the checksum stands, from there; it tells SCTP from the others
    /// @param end where the frame ends
    static void complete(
            final MemorySegment frame, final long start, final int field, final long end) {
        if (field == SCTP_FIELD) {
            frame.set(NetworkOrder.INT, start + field, crc(frame, start, end));
            return;
        }
        final int checksum =
                InternetChecksum.finish(InternetChecksum.add(0, frame, start, end - start));
        // UDP's zero says that there is none; TCP cannot tell the two zeros apart.
        frame.set(NetworkOrder.SHORT, start + field, (short) (checksum == 0 ? 0xFFFF : checksum));
    }

    /// Completes the checksum of a frame of which nobody said whether it is partial.
    ///
    /// It is when the field holds just the pseudo-header's sum, and not by chance what the whole
    /// segment sums up to. (A segment that was damaged on its way is taken for a partial one in one
    /// case of 65,536, if it ever came over a wire.)
    void completeWhereMissing(final MemorySegment frame, final long offset, final int length) {
        if (!view.wrap(frame, offset, length)) {
            return;
        }
        switch (view.protocol()) {
            case IpProtocol.TCP -> completeWhereMissing(frame, TCP_FIELD);
            case IpProtocol.UDP -> completeWhereMissing(frame, UDP_FIELD);
            case IpProtocol.SCTP -> {
                final long start = view.transport();
                if (start + SCTP_FIELD + Integer.BYTES <= view.end()
                        && frame.get(NetworkOrder.INT, start + SCTP_FIELD) == 0) {
                    complete(frame, start, SCTP_FIELD, view.end());
                }
            }
            default -> {}
        }
    }

    private void completeWhereMissing(final MemorySegment frame, final int field) {
        final long start = view.transport();
        final long length = view.end() - start;
        if (field + Short.BYTES > length) {
            return;
        }
        final long pseudoHeader = view.pseudoHeaderSum(frame, length);
        final int present = Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, start + field));
        if (present == InternetChecksum.fold(pseudoHeader)
                && InternetChecksum.finish(InternetChecksum.add(pseudoHeader, frame, start, length))
                        != 0) {
            complete(frame, start, field, view.end());
        }
    }

    private static int crc(final MemorySegment frame, final long start, final long end) {
        int running = Crc32c.add(Crc32c.start(), frame, start, SCTP_FIELD);
        running = Crc32c.addZeros(running, Integer.BYTES);
        final long rest = start + SCTP_FIELD + Integer.BYTES;
        return Integer.reverseBytes(Crc32c.finish(Crc32c.add(running, frame, rest, end - rest)));
    }
}
