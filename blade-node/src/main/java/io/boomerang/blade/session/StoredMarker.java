package io.boomerang.blade.session;

import io.boomerang.announce.TcpPhase;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;
import io.boomerang.redirector.store.StoredKey;
import io.boomerang.redirector.store.StoredPhase;
import io.boomerang.wire.NetworkOrder;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// A marker session as its file holds it. All numbers big-endian:
///
/// ```
///   0  key on the ingress side, see StoredKey (42)
///  42  key on the egress side (42)
///  84  flow id (8)
///  92  when its time is up, ms since 1970 (8)
/// 100  version (2)
/// 102  phase, see StoredPhase (1)
/// 103  flags (1)
/// 104  zero (4)
/// 108  seal (4)
/// ```
///
/// @param ingressKey the flow as packets on the ingress side name it
/// @param egressKey the same on the egress side
/// @param flowId of the flow
/// @param version of the session
/// @param phase of the flow's life
/// @param openingSide where its first packet came from
/// @param translated whether the processor gave it another key on its far side
/// @param ingressInitiatorIsB direction bit of the initiator's packets on the ingress side
/// @param egressInitiatorIsB the same on the egress side
/// @param answered whether the responder has spoken
/// @param initiatorFin whether the initiator has sent its FIN
/// @param responderFin whether the responder has
/// @param expiresMs when its time is up without another packet, in milliseconds since 1970
public record StoredMarker(
        FlowKey ingressKey,
        FlowKey egressKey,
        long flowId,
        int version,
        TcpPhase phase,
        Side openingSide,
        boolean translated,
        boolean ingressInitiatorIsB,
        boolean egressInitiatorIsB,
        boolean answered,
        boolean initiatorFin,
        boolean responderFin,
        long expiresMs) {
    public static final int RECORD_BYTES = 112;

    static final int EXPIRES = 2 * StoredKey.BYTES + 8;

    private static final int EGRESS_KEY = StoredKey.BYTES;
    private static final int FLOW_ID = EGRESS_KEY + StoredKey.BYTES;
    private static final int VERSION = EXPIRES + 8;
    private static final int PHASE = VERSION + 2;
    private static final int FLAGS = PHASE + 1;
    private static final int ZERO = FLAGS + 1;

    private static final int OPENED_BY_EGRESS = 1;
    private static final int TRANSLATED = 1 << 1;
    private static final int INGRESS_INITIATOR_IS_B = 1 << 2;
    private static final int EGRESS_INITIATOR_IS_B = 1 << 3;
    private static final int INITIATOR_FIN = 1 << 4;
    private static final int RESPONDER_FIN = 1 << 5;
    private static final int ANSWERED = 1 << 6;
    private static final int ALL_FLAGS = (1 << 7) - 1;

    static {
        assert ZERO + 4 + 4 == RECORD_BYTES : "the seal ends the record";
    }

    /// Writes all but the seal; allocates nothing.
    ///
    /// @param expires what stands for the time that the marker's time is up
    static void write(
            final MarkerSession marker,
            final long expires,
            final MemorySegment bytes,
            final long offset) {
        StoredKey.write(marker.key(Side.INGRESS), bytes, offset);
        StoredKey.write(marker.key(Side.EGRESS), bytes, offset + EGRESS_KEY);
        bytes.set(NetworkOrder.LONG, offset + FLOW_ID, marker.flowId());
        bytes.set(NetworkOrder.LONG, offset + EXPIRES, expires);
        bytes.set(NetworkOrder.SHORT, offset + VERSION, (short) marker.version());
        bytes.set(NetworkOrder.BYTE, offset + PHASE, StoredPhase.code(marker.phase()));
        final int flags =
                flag(marker.openingSide() == Side.EGRESS, OPENED_BY_EGRESS)
                        | flag(marker.isTranslated(), TRANSLATED)
                        | flag(marker.initiatorIsB(Side.INGRESS), INGRESS_INITIATOR_IS_B)
                        | flag(marker.initiatorIsB(Side.EGRESS), EGRESS_INITIATOR_IS_B)
                        | flag(marker.isAnswered(), ANSWERED)
                        | flag(marker.hasFin(true), INITIATOR_FIN)
                        | flag(marker.hasFin(false), RESPONDER_FIN);
        bytes.set(NetworkOrder.BYTE, offset + FLAGS, (byte) flags);
        bytes.set(NetworkOrder.INT, offset + ZERO, 0);
    }

    /// The marker for another blade: a record without a seal that does not tell when its time is
    /// up.
    public static byte[] toBytes(final MarkerSession marker) {
        final byte[] record = new byte[RECORD_BYTES];
        write(marker, 0, MemorySegment.ofArray(record), 0);
        return record;
    }

    /// What {@link #toBytes} has written; null when it has not.
    public static @Nullable StoredMarker ofBytes(final byte[] record) {
        return record.length == RECORD_BYTES ? read(record) : null;
    }

    private static int flag(final boolean isSet, final int bit) {
        return isSet ? bit : 0;
    }

    /// The marker of a record whose seal is whole; null when none looks like that.
    public static @Nullable StoredMarker read(final byte[] record) {
        final MemorySegment bytes = MemorySegment.ofArray(record);
        final FlowKey ingress = StoredKey.read(bytes, 0);
        final FlowKey egress = StoredKey.read(bytes, EGRESS_KEY);
        final TcpPhase phase = StoredPhase.of(bytes.get(NetworkOrder.BYTE, PHASE));
        final int flags = bytes.get(NetworkOrder.BYTE, FLAGS);
        if (ingress == null
                || egress == null
                || phase == null
                || (flags & ~ALL_FLAGS) != 0
                || bytes.get(NetworkOrder.INT, ZERO) != 0
                || ingress.meta() != egress.meta()
                || ingress.vlanDomain() != egress.vlanDomain()
                || (flags & TRANSLATED) == 0 && !ingress.equals(egress)) {
            return null;
        }
        return new StoredMarker(
                ingress,
                egress,
                bytes.get(NetworkOrder.LONG, FLOW_ID),
                Short.toUnsignedInt(bytes.get(NetworkOrder.SHORT, VERSION)),
                phase,
                (flags & OPENED_BY_EGRESS) != 0 ? Side.EGRESS : Side.INGRESS,
                (flags & TRANSLATED) != 0,
                (flags & INGRESS_INITIATOR_IS_B) != 0,
                (flags & EGRESS_INITIATOR_IS_B) != 0,
                (flags & ANSWERED) != 0,
                (flags & INITIATOR_FIN) != 0,
                (flags & RESPONDER_FIN) != 0,
                bytes.get(NetworkOrder.LONG, EXPIRES));
    }

    /// The flow as packets on this side name it.
    public FlowKey key(final Side side) {
        return side == Side.INGRESS ? ingressKey : egressKey;
    }

    /// Direction bit of the initiator's packets on this side.
    public boolean initiatorIsB(final Side side) {
        return side == Side.INGRESS ? ingressInitiatorIsB : egressInitiatorIsB;
    }

    /// The time limit that it is under.
    LifetimeClass lifetime() {
        return LifetimeClass.of(key(openingSide).protocol(), phase);
    }
}
