package io.boomerang.blade;

import io.boomerang.blade.announcer.AnnounceLimits;
import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.blade.session.Lifetimes;

/// What one blade may choose for itself.
///
/// @param announce how the far side learns of a new flow
/// @param lifetimes how long flows live
/// @param markerCapacity flows held at the same time
/// @param limits what bounds the announcer
public record BladeConfig(
        AnnouncePolicy announce, Lifetimes lifetimes, int markerCapacity, AnnounceLimits limits) {
    public static final BladeConfig DEFAULTS =
            new BladeConfig(
                    AnnouncePolicy.CARRY, Lifetimes.DEFAULTS, 1 << 18, AnnounceLimits.DEFAULTS);

    private static final int MAX_MARKERS = 1 << 26;

    public BladeConfig {
        if (markerCapacity < 1 || markerCapacity > MAX_MARKERS) {
            throw new IllegalArgumentException(
                    "markerCapacity " + markerCapacity + " is outside 1.." + MAX_MARKERS);
        }
    }

    public BladeConfig withAnnounce(final AnnouncePolicy newAnnounce) {
        return new BladeConfig(newAnnounce, lifetimes, markerCapacity, limits);
    }

    public BladeConfig withLifetimes(final Lifetimes newLifetimes) {
        return new BladeConfig(announce, newLifetimes, markerCapacity, limits);
    }

    public BladeConfig withMarkerCapacity(final int newCapacity) {
        return new BladeConfig(announce, lifetimes, newCapacity, limits);
    }

    public BladeConfig withLimits(final AnnounceLimits newLimits) {
        return new BladeConfig(announce, lifetimes, markerCapacity, newLimits);
    }
}
