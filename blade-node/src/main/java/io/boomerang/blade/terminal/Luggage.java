package io.boomerang.blade.terminal;

import io.boomerang.handoff.Octets;
import io.boomerang.wire.NetworkOrder;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// What blades tell each other of a connection beside its stack's state, in the place of the
/// application's own state: two bytes with the length of what the blade remembers of the flow,
/// that, and what the application says. Big-endian.
///
/// @param flow as {@link io.boomerang.blade.session.FlowState#toBytes} says it
/// @param application whatever the old application tells the new one
record Luggage(Octets flow, Octets application) {
    private static final int MOST_FLOW_BYTES = 0xFFFF;

    Luggage {
        if (flow.length() > MOST_FLOW_BYTES) {
            throw new IllegalArgumentException(flow + " of one flow are too many");
        }
    }

    Octets pack() {
        final MemorySegment all =
                MemorySegment.ofArray(new byte[Short.BYTES + flow.length() + application.length()]);
        all.set(NetworkOrder.SHORT, 0, (short) flow.length());
        application.writeTo(all, flow.writeTo(all, Short.BYTES));
        return Octets.copyOf(all, 0, all.byteSize());
    }

    /// Null when nobody has packed these.
    static @Nullable Luggage unpack(final Octets packed) {
        final MemorySegment all = packed.segment();
        if (all.byteSize() < Short.BYTES) {
            return null;
        }
        final int flowBytes = Short.toUnsignedInt(all.get(NetworkOrder.SHORT, 0));
        final long at = (long) Short.BYTES + flowBytes;
        return at > all.byteSize()
                ? null
                : new Luggage(
                        Octets.copyOf(all, Short.BYTES, flowBytes),
                        Octets.copyOf(all, at, all.byteSize() - at));
    }
}
