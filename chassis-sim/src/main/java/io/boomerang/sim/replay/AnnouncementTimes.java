package io.boomerang.sim.replay;

import io.boomerang.announce.SessionAnnouncement;

/// When announcements set out, until they arrive. A fixed number of places; one that is taken over
/// by a younger announcement is not measured. One thread.
final class AnnouncementTimes {
    private static final int PLACES = 1 << 14;
    private static final long NONE = Long.MIN_VALUE;

    private final long[] identity = new long[PLACES];
    private final long[] departure = new long[PLACES];

    void depart(final int redirector, final SessionAnnouncement announcement, final long timeNs) {
        final long id = identify(redirector, announcement);
        final int place = place(id);
        if (identity[place] == id) {
            return; // a repetition: the first one counts
        }
        identity[place] = id;
        departure[place] = timeNs;
    }

    /// Nanoseconds since its departure, negative when that is not known.
    long arrive(final int redirector, final SessionAnnouncement announcement, final long timeNs) {
        final long id = identify(redirector, announcement);
        final int place = place(id);
        if (identity[place] != id || departure[place] == NONE) {
            return -1;
        }
        final long sinceNs = timeNs - departure[place];
        departure[place] = NONE;
        return sinceNs;
    }

    @SuppressWarnings("EnumOrdinal") // lives within one run
    private static long identify(final int redirector, final SessionAnnouncement announcement) {
        long mixed = announcement.flowId() * 0x9E3779B97F4A7C15L + announcement.version();
        mixed = (mixed ^ mixed >>> 31) * 0xBF58476D1CE4E5B9L + redirector;
        mixed = (mixed ^ mixed >>> 29) * 0x94D049BB133111EBL + announcement.kind().ordinal();
        return mixed ^ mixed >>> 32;
    }

    private static int place(final long id) {
        return (int) id & PLACES - 1;
    }
}
