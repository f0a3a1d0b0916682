package io.boomerang.redirector.mtu;

import io.boomerang.port.FrameOutlet;
import io.boomerang.redirector.steering.RateBudget;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Sees that senders outside send packets that fit the backplane: lowers the segment size of SYNs,
/// and answers packets that are too big. One thread.
public final class PacketFit implements AutoCloseable {
    /// IPv6 has no smaller packets (RFC 8200, section 5): who is told of a smaller size goes on
    /// with this one, which is fragmented then.
    public static final int LEAST_IPV6 = 1_280;

    /// RFC 1812, section 4.3.2.8, and RFC 4443, section 2.4 (f), ask for a limit.
    private static final int REPLIES_PER_SECOND = 1_000;

    private final FrameOutlet outside;
    private final boolean clamps;
    private final boolean replies;
    private final int longestIpv4;
    private final int longestIpv6;
    private final Arena arena = Arena.ofShared();
    private final IpFrame packet = new IpFrame();
    private final MssClamp clamp;
    private final TooBigReply reply = new TooBigReply(arena);

    private final RateBudget budget = new RateBudget(REPLIES_PER_SECOND);

    private long clamped;
    private long replied;
    private long unanswered;

    /// @param longest packet that fits, with its header, in bytes
    /// @param oversize what happens to longer ones
    /// @param clamps whether SYNs state a segment size that fits
    /// @param outside takes the errors
    public PacketFit(
            final int longest,
            final Oversize oversize,
            final boolean clamps,
            final FrameOutlet outside) {
        this.outside = outside;
        this.clamps = clamps;
        replies = oversize == Oversize.TOO_BIG;
        longestIpv4 = longest;
        longestIpv6 = Math.max(LEAST_IPV6, longest);
        clamp = new MssClamp(longestIpv4, longestIpv6);
    }

    /// Whether there is anything to do.
    public boolean isNeeded() {
        return clamps || replies;
    }

    /// Looks at a frame from outside, which may be written to, and answers whether it is to go on;
    /// if not, its sender has been told or will be when it tries again.
    public boolean admit(
            final MemorySegment frame, final long offset, final int length, final long nowNs) {
        if (!packet.wrap(frame, offset, length)) {
            return true;
        }
        if (clamps && clamp.clamp(packet)) {
            clamped++;
        }
        final int most = packet.isIpv4() ? longestIpv4 : longestIpv6;
        if (!replies
                || packet.packetLength() <= most
                || packet.isIpv4() && !packet.ipv4.isDontFragment()) {
            return true;
        }
        tell(most, nowNs);
        return false;
    }

    private void tell(final int most, final long nowNs) {
        final int length = budget.take(nowNs) ? reply.write(packet, most) : 0;
        if (length > 0 && outside.transmit(reply.memory(), 0, length)) {
            replied++;
        } else {
            unanswered++;
        }
    }

    /// SYNs whose segment size was lowered.
    public long clamped() {
        return clamped;
    }

    /// Packets whose senders were told that they are too big.
    public long replied() {
        return replied;
    }

    /// Packets that were too big and whose senders were not told: to whom no error is owed, or more
    /// than a thousand a second.
    public long unanswered() {
        return unanswered;
    }

    @Override
    public void close() {
        arena.close();
    }
}
