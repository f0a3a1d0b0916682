package io.boomerang.cluster.key;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Connections that came to nothing because one end did not trust the other: counted, and told in
/// the log with the reason, but the same of the same host once a minute only. Thread-safe.
final class Refusals {
    private static final Logger LOG = LogManager.getLogger(Refusals.class);
    private static final long SILENCE_NS = TimeUnit.MINUTES.toNanos(1);
    private static final int MAX_CAUSES = 256;

    private final String member;
    private final Map<Cause, Silence> silences = new LinkedHashMap<>();
    private long count;
    private @Nullable Refusal lastOpened;

    private record Cause(String host, String reason) {}

    /// @param sinceNs when the cause was told last
    /// @param untold how often it has come again since
    private record Silence(long sinceNs, long untold) {}

    Refusals(final String member) {
        this.member = member;
    }

    /// One that this end opened.
    synchronized void addOpened(final Refusal refusal, final long nowNs) {
        lastOpened = refusal;
        add(refusal.host(), true, refusal.reason(), nowNs);
    }

    /// One that the other end opened.
    synchronized void addIncoming(final String host, final String reason, final long nowNs) {
        add(host, false, reason, nowNs);
    }

    private void add(
            final String host, final boolean opens, final String reason, final long nowNs) {
        count++;
        final Cause cause = new Cause(host, reason);
        final Silence silence = silences.remove(cause);
        if (silence != null && nowNs - silence.sinceNs < SILENCE_NS) {
            silences.put(cause, new Silence(silence.sinceNs, silence.untold + 1));
            return;
        }
        silences.put(cause, new Silence(nowNs, 0));
        if (silences.size() > MAX_CAUSES) {
            silences.remove(silences.keySet().iterator().next());
        }
        LOG.warn(
                "member={} refused={} peer={} again={}: {}",
                member,
                opens ? "outgoing" : "incoming",
                host,
                silence == null ? 0 : silence.untold,
                reason);
    }

    synchronized long count() {
        return count;
    }

    /// The last one that this end opened.
    synchronized @Nullable Refusal lastOpened() {
        return lastOpened;
    }
}
