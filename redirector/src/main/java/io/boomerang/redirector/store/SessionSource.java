package io.boomerang.redirector.store;

import io.boomerang.flow.FlowKey;
import io.boomerang.redirector.session.Origin;
import io.boomerang.redirector.session.SessionScan;
import io.boomerang.redirector.session.SessionTable;

/// What of a redirector's sessions is worth keeping: those that their blades announced, until their
/// end. What this redirector decided itself is not: before the blade has spoken it would have to be
/// asked anyway, so a flood of new flows costs no write. Nor is what other redirectors answered.
public final class SessionSource implements SlotSource {
    private final SessionScan scan;
    private final int capacity;
    private final FlowKey key = new FlowKey();

    public SessionSource(final SessionTable sessions) {
        scan = sessions.newScan();
        capacity = sessions.capacity();
    }

    @Override
    public long slotCount() {
        return scan.slotCount();
    }

    @Override
    public int groupShift() {
        return scan.groupShift();
    }

    @Override
    public int changes(final long group) {
        return scan.changes(group);
    }

    @Override
    public long capacity() {
        return capacity;
    }

    @Override
    public int recordBytes() {
        return StoredSession.RECORD_BYTES;
    }

    @Override
    public Content read(final long slot) {
        return switch (scan.read(slot)) {
            case EMPTY -> Content.NOTHING;
            case BUSY -> Content.BUSY;
            case HELD ->
                    scan.isLive() && scan.origin() == Origin.ANNOUNCED
                            ? Content.SESSION
                            : Content.NOTHING;
        };
    }

    @Override
    public long fingerprint() {
        return scan.fingerprint();
    }

    @Override
    public void encode(final byte[] record, final long nodeNs, final long wallMs) {
        scan.readKey(key);
        new StoredSession(
                        key,
                        scan.flowId(),
                        scan.blade(),
                        scan.incarnation(),
                        scan.version(),
                        scan.phase(),
                        wallMs + scan.leaseLeftMs(nodeNs))
                .write(record);
    }
}
