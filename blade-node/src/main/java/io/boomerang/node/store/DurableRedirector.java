package io.boomerang.node.store;

import io.boomerang.redirector.steering.Redirector;
import io.boomerang.redirector.store.Restoration;
import io.boomerang.redirector.store.SessionSource;
import io.boomerang.redirector.store.StoreCounters;
import io.boomerang.redirector.store.StoreKind;
import io.boomerang.redirector.store.StoredSession;

/// A redirector whose sessions are kept on disk.
public final class DurableRedirector implements DurableSessions {
    private final NodeStore store;
    private final RestoredNode restored;

    private DurableRedirector(final NodeStore store, final RestoredNode restored) {
        this.store = store;
        this.restored = restored;
    }

    /// Takes back what an earlier process left, and keeps the redirector's sessions from now on; to
    /// be called before the redirector's first view.
    ///
    /// @param store is closed with what this returns, or when this fails
    /// @throws java.io.UncheckedIOException when the files cannot be read, or no new one be begun
    public static DurableRedirector keep(
            final NodeStore store, final Redirector redirector, final long nowNs) {
        final long wallMs = System.currentTimeMillis();
        final long[] taken = new long[1];
        try {
            final Restoration restoration =
                    store.restore(
                            StoreKind.REDIRECTOR,
                            redirector.self(),
                            new SessionSource(redirector.sessions()),
                            record -> {
                                final StoredSession session = StoredSession.read(record);
                                if (session != null && redirector.restore(session, wallMs, nowNs)) {
                                    taken[0]++;
                                }
                                return session != null;
                            });
            if (taken[0] > 0) {
                redirector.onRestored(nowNs);
            }
            store.start(nowNs);
            return new DurableRedirector(
                    store, RestoredNode.of(redirector.self().name(), taken[0], restoration));
        } catch (final RuntimeException e) {
            store.abandon();
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
    }

    @Override
    public void abandon() {
        store.abandon();
    }

    @Override
    public void close() {
        store.close();
    }
}
