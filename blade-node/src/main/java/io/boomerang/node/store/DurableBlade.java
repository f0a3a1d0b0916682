package io.boomerang.node.store;

import io.boomerang.blade.BladeNode;
import io.boomerang.blade.session.MarkerMirror;
import io.boomerang.blade.session.StoredMarker;
import io.boomerang.redirector.store.Restoration;
import io.boomerang.redirector.store.StoreCounters;
import io.boomerang.redirector.store.StoreKind;

import java.util.ArrayList;
import java.util.List;

/// A blade whose marker sessions are kept on disk.
public final class DurableBlade implements DurableSessions {
    private final NodeStore store;
    private final MarkerMirror mirror;
    private final RestoredNode restored;

    private DurableBlade(
            final NodeStore store, final MarkerMirror mirror, final RestoredNode restored) {
        this.store = store;
        this.mirror = mirror;
        this.restored = restored;
    }

    /// Takes back what an earlier process left, and keeps the blade's marker sessions from now on;
    /// to be called before the blade's first view.
    ///
    /// @param store is closed with what this returns, or when this fails
    /// @throws java.io.UncheckedIOException when the files cannot be read, or no new one be begun
    public static DurableBlade keep(
            final NodeStore store, final BladeNode blade, final long nowNs) {
        final long wallMs = System.currentTimeMillis();
        final MarkerMirror mirror = blade.newMirror();
        try {
            final List<StoredMarker> stored = new ArrayList<>();
            final Restoration restoration =
                    store.restore(
                            StoreKind.BLADE,
                            blade.self(),
                            mirror,
                            record -> {
                                final StoredMarker marker = StoredMarker.read(record);
                                return marker != null && stored.add(marker);
                            });
            final int taken = blade.resume(stored, wallMs, nowNs);
            mirror.sweepAll();
            store.start(nowNs);
            return new DurableBlade(
                    store, mirror, RestoredNode.of(blade.self().name(), taken, restoration));
        } catch (final RuntimeException e) {
            store.abandon();
            mirror.close();
            throw e;
        }
    }

    @Override
    public RestoredNode restored() {
        return restored;
    }

    @Override
    public StoreCounters counters() {
        return store.counters();
    }

    @Override
    public void onTimer(final long nowNs) {
        store.onTimer(nowNs);
        mirror.sweep();
    }

    @Override
    public void abandon() {
        store.abandon();
        mirror.close();
    }

    @Override
    public void close() {
        mirror.sweepAll();
        store.close();
        mirror.close();
    }
}
