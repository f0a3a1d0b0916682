package io.boomerang.announce;

import org.jspecify.annotations.Nullable;

/// A blade answers a {@link StateQuery}.
///
/// @param queryId of the query
/// @param session the session, its `key` as the asker sees it; null when this blade does not hold
///   the flow
public record StateAnswer(long queryId, @Nullable SessionAnnouncement session)
        implements ControlMessage {}
