package io.boomerang.node;

import io.boomerang.flow.FlowKey;
import io.boomerang.node.admin.SessionEntry;
import io.boomerang.redirector.session.SessionScan;
import io.boomerang.redirector.session.SessionTable;

import java.util.Locale;
import java.util.function.Consumer;

/// Looks through a redirector's sessions while its thread writes them. One for each who looks.
final class RedirectorSessions implements SessionLister {
    private static final int PLACES = 1 << 16;

    private final SessionScan scan;

    RedirectorSessions(final SessionTable sessions) {
        scan = sessions.newScan();
    }

    @Override
    public long list(final long first, final long nowNs, final Consumer<SessionEntry> to) {
        final long end = Math.min(first + PLACES, scan.slotCount());
        for (long slot = first; slot < end; slot++) {
            if (scan.read(slot) == SessionScan.Outcome.HELD) {
                to.accept(entry(nowNs));
            }
        }
        return end < scan.slotCount() ? end : -1;
    }

    private SessionEntry entry(final long nowNs) {
        final FlowKey key = new FlowKey();
        scan.readKey(key);
        final int leftMs = scan.leaseLeftMs(nowNs);
        final boolean live = scan.isLive() && leftMs > 0;
        return new SessionEntry(
                key,
                key,
                scan.blade(),
                scan.flowId(),
                scan.incarnation(),
                scan.version(),
                scan.phase(),
                scan.origin().name().toLowerCase(Locale.ROOT),
                live,
                live ? leftMs : 0);
    }

    @Override
    public boolean isOfNodeThread() {
        return false;
    }
}
