package io.boomerang.redirector.steering;

import io.boomerang.announce.TcpPhase;
import io.boomerang.redirector.session.Origin;
import io.boomerang.redirector.session.SessionTable;

import org.jspecify.annotations.Nullable;

/// What one redirector knows of one flow.
///
/// @param redirector its name
/// @param session null when it holds none
/// @param bucket the flow's bucket
/// @param bucketBlade node id of the bucket's blade, 0 when none is left
/// @param epoch of the bucket table
/// @param owner node id of the redirector on this side that owns the flow
/// @param backup node id of the one that takes over, 0 when there is none
public record Explanation(
        String redirector,
        @Nullable KnownSession session,
        int bucket,
        int bucketBlade,
        long epoch,
        int owner,
        int backup) {

    /// A session as it stands in the table.
    ///
    /// @param flowId unique per chassis life
    /// @param blade node id
    /// @param incarnation of the blade when it announced
    /// @param version of the session
    /// @param origin who said so
    /// @param phase as announced
    /// @param live false when its lease is over or it was closed
    public record KnownSession(
            long flowId,
            int blade,
            int incarnation,
            int version,
            Origin origin,
            TcpPhase phase,
            boolean live) {}

    /// What the slot holds; null when it is none.
    static @Nullable KnownSession session(
            final SessionTable sessions, final long slot, final long nowNs) {
        return slot == SessionTable.NONE
                ? null
                : new KnownSession(
                        sessions.flowId(slot),
                        sessions.blade(slot),
                        sessions.incarnation(slot),
                        sessions.version(slot),
                        sessions.origin(slot),
                        sessions.phase(slot),
                        sessions.isLive(slot, nowNs));
    }
}
