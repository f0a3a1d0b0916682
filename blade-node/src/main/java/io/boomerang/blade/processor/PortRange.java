package io.boomerang.blade.processor;

/// Ports (or ICMP identifiers) from `first` to `last`, both included, and the order in which a flow
/// tries them: its own port if it is in the range, then those of the same parity (RTP and RTCP live
/// on an even port and the odd one after it), then the others. Where a flow begins within each of
/// these is told by a hash, so that a stranger cannot guess its port (RFC 6056, section 3.3.3).
///
/// @param first 0 to 65,535
/// @param last not less than `first`
public record PortRange(int first, int last) {
    private static final int MAX_PORT = 0xFFFF;

    public PortRange {
        if (first < 0 || last > MAX_PORT || last < first) {
            throw new IllegalArgumentException(
                    "ports " + first + " to " + last + " are no range within 0..65535");
        }
    }

    int size() {
        return last - first + 1;
    }

    /// The port that a flow with this port and hash tries after `attempt` others; `attempt` goes
    /// from 0 to {@link #size}, and one port may come up twice.
    int candidate(final int own, final long hash, final int attempt) {
        if (attempt == 0 && own >= first && own <= last) {
            return own;
        }
        final int index = Math.max(0, attempt - 1);
        final int sameParity = first + ((first ^ own) & 1);
        final int sameCount = (last - sameParity) / 2 + (sameParity <= last ? 1 : 0);
        if (index < sameCount) {
            return sameParity + 2 * place(hash, index, sameCount);
        }
        final int otherParity = first + 1 - ((first ^ own) & 1);
        final int otherCount = size() - sameCount;
        return otherParity + 2 * place(hash, index - sameCount, otherCount);
    }

    private static int place(final long hash, final int index, final int count) {
        return (int) (((hash >>> 1) + index) % count);
    }
}
