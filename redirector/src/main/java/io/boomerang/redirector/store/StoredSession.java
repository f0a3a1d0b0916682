package io.boomerang.redirector.store;

import io.boomerang.announce.TcpPhase;
import io.boomerang.cluster.Member;
import io.boomerang.flow.FlowKey;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/// A redirector's session as its file holds it. All numbers big-endian:
///
/// ```
///   0  key, see StoredKey (42)
///  42  blade (2)
///  44  incarnation of the blade (2)
///  46  version (2)
///  48  flow id (8)
///  56  end of the lease, ms since 1970 (8)
///  64  phase, see StoredPhase (1)
///  65  zero (3)
///  68  seal (4)
/// ```
///
/// @param key the flow as packets on the redirector's side name it
/// @param flowId of the flow
/// @param blade that holds it
/// @param incarnation of that blade
/// @param version of the session
/// @param phase of the flow's life
/// @param leaseEndMs when its lease ends, in milliseconds since 1970
public record StoredSession(
        FlowKey key,
        long flowId,
        int blade,
        int incarnation,
        int version,
        TcpPhase phase,
        long leaseEndMs) {
    public static final int RECORD_BYTES = 72;

    private static final int BLADE = StoredKey.BYTES;
    private static final int INCARNATION = BLADE + 2;
    private static final int VERSION = INCARNATION + 2;
    private static final int FLOW_ID = VERSION + 2;
    private static final int LEASE_END = FLOW_ID + 8;
    private static final int PHASE = LEASE_END + 8;
    private static final int ZERO = PHASE + 1;

    static {
        assert ZERO + 3 + RecordSeal.BYTES == RECORD_BYTES : "the seal ends the record";
    }

    /// Writes all but the seal.
    public void write(final byte[] bytes) {
        StoredKey.write(key, MemorySegment.ofArray(bytes), 0);
        final ByteBuffer record = ByteBuffer.wrap(bytes);
        record.putShort(BLADE, (short) blade);
        record.putShort(INCARNATION, (short) incarnation);
        record.putShort(VERSION, (short) version);
        record.putLong(FLOW_ID, flowId);
        record.putLong(LEASE_END, leaseEndMs);
        record.put(PHASE, StoredPhase.code(phase));
        record.put(ZERO, (byte) 0);
        record.putShort(ZERO + 1, (short) 0);
    }

    /// The session of a record whose seal is whole; null when no session looks like that.
    public static @Nullable StoredSession read(final byte[] bytes) {
        final FlowKey key = StoredKey.read(MemorySegment.ofArray(bytes), 0);
        final ByteBuffer record = ByteBuffer.wrap(bytes);
        final TcpPhase phase = StoredPhase.of(record.get(PHASE));
        final int blade = Short.toUnsignedInt(record.getShort(BLADE));
        if (key == null
                || phase == null
                || blade == 0
                || blade > Member.MAX_NODE
                || record.get(ZERO) != 0
                || record.getShort(ZERO + 1) != 0) {
            return null;
        }
        return new StoredSession(
                key,
                record.getLong(FLOW_ID),
                blade,
                Short.toUnsignedInt(record.getShort(INCARNATION)),
                Short.toUnsignedInt(record.getShort(VERSION)),
                phase,
                record.getLong(LEASE_END));
    }
}
