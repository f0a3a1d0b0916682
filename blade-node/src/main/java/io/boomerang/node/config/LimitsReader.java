package io.boomerang.node.config;

import io.boomerang.announce.SelectionPolicy;
import io.boomerang.blade.BladeConfig;
import io.boomerang.blade.announcer.AnnounceLimits;
import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.blade.session.Lifetimes;
import io.boomerang.redirector.RedirectorConfig;

/// Reads how much of everything a node may have, and for how long. What the file leaves out is as
/// in the `DEFAULTS` of the records; those check their ranges once more.
final class LimitsReader {
    private static final int MOST_LIFETIME_MS = 15 * 24 * 3_600_000;

    private final Section limits;

    LimitsReader(final Section limits) {
        this.limits = limits;
    }

    RedirectorConfig redirector(final SelectionPolicy selection) {
        final RedirectorConfig usual = RedirectorConfig.DEFAULTS;
        return new RedirectorConfig(
                limits.number("sessions", usual.sessionCapacity(), 16, 1 << 28),
                selection,
                limits.durationMs("embryonic-lease", usual.embryonicLeaseMs(), 100, 600_000),
                limits.durationMs("cache-lease", usual.cacheLeaseMs(), 100, 600_000),
                limits.durationMs("query-time", usual.queryLimitMs(), 1, 10_000),
                limits.number("queries-per-second", usual.queriesPerSecond(), 1, 100_000_000),
                limits.number("queried-packets", usual.queriedCells(), 64, 1 << 20),
                limits.durationMs("fragment-time", usual.fragmentLimitMs(), 1_000, 120_000),
                limits.number("fragments", usual.fragmentCells(), 64, 1 << 20),
                limits.number("datagrams", usual.datagramCapacity(), 16, 1 << 24),
                limits.durationMs(
                        "comparison-interval", usual.comparisonIntervalMs(), 0, 3_600_000));
    }

    BladeConfig blade(final AnnouncePolicy announce, final Section lifetimes) {
        final AnnounceLimits usual = AnnounceLimits.DEFAULTS;
        final int flows = limits.number("flows", BladeConfig.DEFAULTS.markerCapacity(), 1, 1 << 26);
        final int firstRetryMs =
                limits.durationMs("announce-retry", usual.firstRetryMs(), 1, 10_000);
        final AnnounceLimits announceLimits =
                new AnnounceLimits(
                        limits.number("announcements", usual.outstandingCapacity(), 1, 1 << 24),
                        firstRetryMs,
                        limits.durationMs(
                                "announce-retry-most",
                                Math.max(firstRetryMs, usual.lastRetryMs()),
                                firstRetryMs,
                                60_000),
                        limits.number("announce-tries", usual.tryLimit(), 1, 32),
                        limits.number("held-packets", usual.holdCells(), 1, 1 << 20),
                        limits.durationMs("hold-time", usual.holdLimitMs(), 1, 10_000),
                        limits.number("embryonic-packets", usual.embryonicPackets(), 1, 10_000));
        limits.end();
        return new BladeConfig(announce, lifetimes(lifetimes), flows, announceLimits);
    }

    private static Lifetimes lifetimes(final Section section) {
        final Lifetimes usual = Lifetimes.DEFAULTS;
        final Lifetimes lifetimes =
                new Lifetimes(
                        lifetime(section, "tcp-embryonic", usual.tcpEmbryonicMs()),
                        lifetime(section, "tcp-established", usual.tcpEstablishedMs()),
                        lifetime(section, "tcp-closing", usual.tcpClosingMs()),
                        lifetime(section, "tcp-closed", usual.tcpClosedMs()),
                        lifetime(section, "udp-embryonic", usual.udpEmbryonicMs()),
                        lifetime(section, "udp-established", usual.udpEstablishedMs()),
                        lifetime(section, "icmp", usual.icmpMs()),
                        lifetime(section, "other-embryonic", usual.otherEmbryonicMs()),
                        lifetime(section, "other-established", usual.otherEstablishedMs()),
                        lifetime(section, "lapsed", usual.lapsedMs()));
        section.end();
        return lifetimes;
    }

    private static int lifetime(final Section section, final String field, final int usualMs) {
        return section.durationMs(field, usualMs, 100, MOST_LIFETIME_MS);
    }
}
