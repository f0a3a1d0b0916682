package io.boomerang.blade.announcer;

import io.boomerang.announce.SessionAnnouncement;

/// Hears of every announcement that leaves the blade, repetitions included.
public interface AnnouncementTap {
    /// An announcement leaves for a redirector; `carried` when it rides on a packet.
    void onAnnouncementSent(
            int redirector, SessionAnnouncement announcement, boolean carried, long nowNs);
}
