package io.boomerang.blade.terminal;

import io.boomerang.blade.processor.DirectReturn;
import io.boomerang.flow.FlowKey;
import io.boomerang.handoff.ConnectionState;
import io.boomerang.transfer.TransferId;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// The TCP stack of a blade, as the blade uses it. What it wants to send it gives to {@link
/// TerminalBlade#transmit}, not while it takes a frame.
public interface LocalStack {
    /// Whether a flow from the ingress side ends here; others pass.
    default boolean serves(final FlowKey key) {
        return true;
    }

    /// Whether clients open connections here. Else a connection that begins is another blade's.
    default boolean accepts() {
        return true;
    }

    /// The blade's own port on the clients' side; null when answers leave by the redirectors.
    default @Nullable DirectReturn directReturn() {
        return null;
    }

    /// Takes an Ethernet frame without VLAN tags, whose addresses mean nothing here; it may be
    /// written to. The memory is the caller's own again after the call.
    void receive(MemorySegment frame, long offset, int length, long nowNs);

    /// Builds a connection up, silently. Answers why it cannot; null if it is ready to go live.
    @Nullable String prepare(TransferId transfer, ConnectionState state, long nowNs);

    /// A prepared connection is this blade's.
    void goLive(TransferId transfer, long nowNs);

    /// A prepared connection is not this blade's after all.
    void discard(TransferId transfer);

    /// A connection that stood still is another blade's.
    void given(TransferId transfer);

    /// A connection that stood still goes on here.
    void kept(TransferId transfer, String reason, long nowNs);

    /// The same, because the redirector died through which it went: the other blade would take it.
    default void brokenOff(final TransferId transfer, final long nowNs) {
        kept(transfer, "the redirector died through which it went", nowNs);
    }

    /// A connection that stood still is to be reset.
    void lost(TransferId transfer, String reason, long nowNs);
}
