package io.boomerang.announce;

import java.util.List;

/// Some of the sessions that a {@link SessionPull} asked for.
///
/// @param pullId of the pull
/// @param cursor of the pull
/// @param next where the next page begins, {@link #END} when there is none
/// @param ownersEpoch of the blade, see {@link OwnersChanged}; 0 from a redirector
/// @param sessions announcements that open them, their `key` as the asker sees it
public record SessionPage(
        int pullId, int cursor, int next, int ownersEpoch, List<SessionAnnouncement> sessions)
        implements ControlMessage {
    public static final int END = -1;

    /// As many as fit into a batch of the usual size.
    public static final int MAX_SESSIONS = 128;

    public SessionPage {
        sessions = List.copyOf(sessions);
        if (sessions.size() > MAX_SESSIONS) {
            throw new IllegalArgumentException(
                    sessions.size() + " sessions are more than " + MAX_SESSIONS);
        }
    }
}
