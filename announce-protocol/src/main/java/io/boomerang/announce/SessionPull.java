package io.boomerang.announce;

import java.util.List;

/// A redirector asks another node for a page of the sessions that the asker owns or backs up:
/// because it has joined, has inherited flows, or may have missed some. Whoever is asked answers
/// only when it sees the same redirectors on the asker's side; the asker repeats until then.
///
/// @param pullId the asker's, the same for all nodes that it asks for one reason
/// @param cursor 0 for the first page, else {@link SessionPage#next} of the page before
/// @param incarnation of the asker
/// @param redirectors of the asker's side as the asker sees them, node ids in ascending order
public record SessionPull(int pullId, int cursor, int incarnation, List<Integer> redirectors)
        implements ControlMessage {
    public SessionPull {
        redirectors = List.copyOf(redirectors);
        int before = 0;
        for (final int redirector : redirectors) {
            if (redirector <= before || redirector > 0xFFFF) {
                throw new IllegalArgumentException(
                        "redirectors " + redirectors + " are no node ids in ascending order");
            }
            before = redirector;
        }
    }
}
