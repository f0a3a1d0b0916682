package io.boomerang.announce;

/// A blade tells a redirector that some of the blade's flows may have got it as their owner or
/// backup owner, in case it does not know that by itself: it is to pull them, unless it has done so
/// under this epoch.
///
/// @param epoch how often the redirectors have changed that the blade sees
public record OwnersChanged(int epoch) implements ControlMessage {}
