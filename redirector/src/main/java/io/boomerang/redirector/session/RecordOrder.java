package io.boomerang.redirector.session;

import io.boomerang.announce.TcpPhase;

/// Which of two session records of one key is the newer, and what two equal ones say together.
///
/// The order is by flow id (unsigned), then version (16-bit serial arithmetic, RFC 1982), then
/// incarnation of the blade. That a close is newer than an equal record which is none is left to
/// the table. Equal records are combined so that neither order nor repetition matters: the further
/// phase, the stronger origin and its blade.
final class RecordOrder {
    private RecordOrder() {}

    /// Positive when the first record is the newer.
    static int compare(
            final long flowId, final long tail, final long otherFlowId, final long otherTail) {
        if (flowId != otherFlowId) {
            return Long.compareUnsigned(flowId, otherFlowId);
        }
        final int ahead = (short) (SlotLayout.version(tail) - SlotLayout.version(otherTail));
        return ahead != 0
                ? ahead
                : SlotLayout.incarnation(tail) - SlotLayout.incarnation(otherTail);
    }

    /// The live session that two equal records make.
    static long join(final long tail, final long otherTail) {
        final Origin origin =
                Origin.stronger(SlotLayout.origin(tail), SlotLayout.origin(otherTail));
        final long trusted = origin == SlotLayout.origin(tail) ? tail : otherTail;
        return SlotLayout.liveTail(
                SlotLayout.meta(tail),
                origin,
                further(SlotLayout.phase(tail), SlotLayout.phase(otherTail)),
                SlotLayout.blade(trusted),
                SlotLayout.version(tail),
                SlotLayout.incarnation(tail));
    }

    private static TcpPhase further(final TcpPhase one, final TcpPhase other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
