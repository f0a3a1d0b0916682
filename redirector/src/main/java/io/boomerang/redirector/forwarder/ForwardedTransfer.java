package io.boomerang.redirector.forwarder;

import io.boomerang.transfer.MovingFlow;
import io.boomerang.transfer.TransferId;

import org.jspecify.annotations.Nullable;

/// One connection that moves, as its forwarder sees it.
///
/// ```
///   HOLDING --READY--> COMMITTED --LIVE--> GIVEN
///      |                   +--CANCELLED--> KEPT
///      |                   +--host gone--> LOST
///      +--CANCEL, REFUSED, host gone--> KEPT
/// ```
final class ForwardedTransfer {
    private final TransferId id;
    private final int host;
    private final int hostIncarnation;
    private @Nullable MovingFlow flow;
    private Phase phase;
    private String reason = "";

    enum Phase {
        HOLDING,
        COMMITTED,
        GIVEN,
        KEPT,
        LOST
    }

    private ForwardedTransfer(
            final TransferId id, final int host, final int hostIncarnation, final Phase phase) {
        this.id = id;
        this.host = host;
        this.hostIncarnation = hostIncarnation;
        this.phase = phase;
    }

    static ForwardedTransfer holding(
            final TransferId id, final MovingFlow flow, final int host, final int hostIncarnation) {
        final ForwardedTransfer transfer =
                new ForwardedTransfer(id, host, hostIncarnation, Phase.HOLDING);
        transfer.flow = flow;
        return transfer;
    }

    /// Ended before it began, so that nothing of it that comes late begins it.
    static ForwardedTransfer kept(final TransferId id, final int host, final String reason) {
        final ForwardedTransfer transfer = new ForwardedTransfer(id, host, -1, Phase.KEPT);
        transfer.reason = reason;
        return transfer;
    }

    TransferId id() {
        return id;
    }

    int host() {
        return host;
    }

    int hostIncarnation() {
        return hostIncarnation;
    }

    Phase phase() {
        return phase;
    }

    /// Why it was kept or lost.
    String reason() {
        return reason;
    }

    /// As the classifier has described it; after {@link #commit} as the host has it.
    MovingFlow flow() {
        final MovingFlow known = flow;
        if (known == null) {
            throw new IllegalStateException(id + " ended before its flow was known");
        }
        return known;
    }

    void commit(final MovingFlow moved) {
        phase = Phase.COMMITTED;
        flow = moved;
    }

    void end(final Phase how, final String why) {
        phase = how;
        reason = why;
    }

    boolean isOpen() {
        return phase == Phase.HOLDING || phase == Phase.COMMITTED;
    }
}
