package io.boomerang.redirector.store;

import io.boomerang.announce.TcpPhase;
import io.boomerang.flow.FlowHash;
import io.boomerang.flow.FlowKey;
import io.boomerang.redirector.session.Origin;
import io.boomerang.redirector.session.SessionTable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A redirector's table with a store, without the redirector.
final class StoreRig implements AutoCloseable {
    static final int CAPACITY = 512;
    static final int BLADE = 201;
    static final int LEASE_MS = 600_000;
    static final long NOW_NS = 5_000_000_000L;
    static final long WALL_MS = 1_800_000_000_000L;

    private static final FlowHash HASH = new FlowHash(1, 2);

    final SessionTable table = new SessionTable(CAPACITY, HASH::hash, (_, _) -> false);
    private final FailingSource slots = new FailingSource(new SessionSource(table));
    private final SessionStore store;
    private Restoration restoration = new Restoration(0, 0, List.of());
    private final Map<FlowKey, StoredSession> restored = new HashMap<>();

    private static final class FailingSource implements SlotSource {
        private final SlotSource source;
        private boolean failing;

        FailingSource(final SlotSource source) {
            this.source = source;
        }

        @Override
        public long slotCount() {
            return source.slotCount();
        }

        @Override
        public int groupShift() {
            return source.groupShift();
        }

        @Override
        public int changes(final long group) {
            return source.changes(group);
        }

        @Override
        public long capacity() {
            return source.capacity();
        }

        @Override
        public int recordBytes() {
            return source.recordBytes();
        }

        @Override
        public Content read(final long slot) {
            return source.read(slot);
        }

        @Override
        public long fingerprint() {
            return source.fingerprint();
        }

        @Override
        public void encode(final byte[] record, final long nodeNs, final long wallMs) {
            if (failing) {
                failing = false;
                throw new IllegalStateException("no space left");
            }
            source.encode(record, nodeNs, wallMs);
        }
    }

    StoreRig(final Path directory) {
        this(directory, 7, 42);
    }

    StoreRig(final Path directory, final int node, final long parametersDigest) {
        try {
            store = SessionStore.open(directory, "ingress-1");
            final StoreLabel owner =
                    new StoreLabel(
                            StoreKind.REDIRECTOR,
                            node,
                            "ingress-1",
                            store.incarnation(),
                            parametersDigest,
                            CAPACITY,
                            StoredSession.RECORD_BYTES);
            restoration =
                    store.restore(
                            owner,
                            record -> {
                                final StoredSession session = StoredSession.read(record);
                                if (session == null) {
                                    return false;
                                }
                                restored.put(session.key(), session);
                                return true;
                            });
            store.begin(slots, owner, WALL_MS);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static FlowKey key(final int flow) {
        final FlowKey key = new FlowKey();
        if (flow % 3 == 0) {
            key.setIpv6(17, FlowKey.KIND_PORTS, 1, flow, 53, 2, flow, 4_000, 0);
        } else {
            key.setIpv4(6, FlowKey.KIND_PORTS, 0x0A000001, 1_024 + flow, 0x0A000002, 80, flow % 2);
        }
        return key;
    }

    static StoredSession session(final int flow, final int version) {
        return new StoredSession(
                key(flow),
                1_000L + flow,
                BLADE,
                3,
                version,
                TcpPhase.ESTABLISHED,
                WALL_MS + LEASE_MS);
    }

    void announce(final StoredSession session) {
        install(session, Origin.ANNOUNCED);
    }

    void install(final StoredSession session, final Origin origin) {
        table.install(
                session.key(),
                HASH.hash(session.key()),
                origin,
                session.flowId(),
                session.blade(),
                session.incarnation(),
                session.version(),
                LEASE_MS,
                session.phase(),
                NOW_NS);
    }

    void close(final StoredSession session) {
        table.close(
                session.key(),
                HASH.hash(session.key()),
                session.flowId(),
                session.blade(),
                session.version() + 1,
                session.incarnation(),
                NOW_NS);
    }

    void lapse(final StoredSession session) {
        table.lapse(table.find(session.key(), HASH.hash(session.key())));
    }

    /// The next slot that is written breaks the store.
    void failOnce() {
        slots.failing = true;
    }

    void round() {
        roundAfter(0);
    }

    void roundAfter(final long ms) {
        store.round(NOW_NS, WALL_MS + ms);
    }

    StoreCounters counters() {
        return store.counters(WALL_MS);
    }

    int incarnation() {
        return store.incarnation();
    }

    /// What the files held when this rig was made.
    Map<FlowKey, StoredSession> restored() {
        return restored;
    }

    Restoration restoration() {
        return restoration;
    }

    /// Ends as a killed process does: without a last round.
    @Override
    public void close() {
        try {
            store.close();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        table.close();
    }
}
