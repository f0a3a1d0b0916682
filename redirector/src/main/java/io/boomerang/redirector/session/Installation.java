package io.boomerang.redirector.session;

/// What a {@link SessionTable} did with a session record.
public enum Installation {
    /// The table now says what the record says.
    INSTALLED,
    /// The table said so before; the lease is the later one of both.
    REFRESHED,
    /// What the table holds is newer and stays; or there was nothing to close.
    STALE,
    /// No place was found, and nothing could be forgotten for it.
    FULL
}
