package io.boomerang.redirector;

import io.boomerang.announce.SelectionPolicy;

/// What one redirector may choose for itself. What all nodes must agree on stands in
/// `ClusterParameters`.
///
/// @param sessionCapacity sessions held at the most
/// @param policy how a blade is chosen for a new flow
/// @param embryonicLeaseMs how long a decided session lives until its blade announces it, in
///   milliseconds
/// @param cacheLeaseMs how long an owner's answer may be used without asking again, in milliseconds
/// @param queryLimitMs how long packets wait for the blades' answers to a state query, in
///   milliseconds
/// @param queriesPerSecond flows that the blades may be asked about in a second, and at most a
///   tenth of them at once
/// @param queriedCells cells of 2 KiB for packets that wait for such answers
/// @param fragmentLimitMs how long a fragment waits for the first one of its datagram, in
///   milliseconds
/// @param fragmentCells cells of 2 KiB for such fragments
/// @param datagramCapacity datagrams whose first fragment is remembered
/// @param comparisonIntervalMs how often the sessions are compared with those of the blades, in
///   milliseconds; 0 for never
public record RedirectorConfig(
        int sessionCapacity,
        SelectionPolicy policy,
        int embryonicLeaseMs,
        int cacheLeaseMs,
        int queryLimitMs,
        int queriesPerSecond,
        int queriedCells,
        int fragmentLimitMs,
        int fragmentCells,
        int datagramCapacity,
        int comparisonIntervalMs) {

    /// The fragment limit is the reassembly limit of RFC 8200, section 4.5.
    public static final RedirectorConfig DEFAULTS =
            new RedirectorConfig(
                    1 << 20,
                    SelectionPolicy.BUCKETS,
                    10_000,
                    10_000,
                    1_000,
                    20_000,
                    4_096,
                    60_000,
                    16_384,
                    65_536,
                    30_000);

    public RedirectorConfig {
        require("sessionCapacity", sessionCapacity, 16, 1 << 28);
        require("embryonicLeaseMs", embryonicLeaseMs, 100, 600_000);
        require("cacheLeaseMs", cacheLeaseMs, 100, 600_000);
        require("queryLimitMs", queryLimitMs, 1, 10_000);
        require("queriesPerSecond", queriesPerSecond, 1, 100_000_000);
        require("queriedCells", queriedCells, 64, 1 << 20);
        require("fragmentLimitMs", fragmentLimitMs, 1_000, 120_000);
        require("fragmentCells", fragmentCells, 64, 1 << 20);
        require("datagramCapacity", datagramCapacity, 16, 1 << 24);
        require("comparisonIntervalMs", comparisonIntervalMs, 0, 3_600_000);
    }

    public RedirectorConfig withPolicy(final SelectionPolicy newPolicy) {
        return new RedirectorConfig(
                sessionCapacity,
                newPolicy,
                embryonicLeaseMs,
                cacheLeaseMs,
                queryLimitMs,
                queriesPerSecond,
                queriedCells,
                fragmentLimitMs,
                fragmentCells,
                datagramCapacity,
                comparisonIntervalMs);
    }

    public RedirectorConfig withSessionCapacity(final int newCapacity) {
        return new RedirectorConfig(
                newCapacity,
                policy,
                embryonicLeaseMs,
                cacheLeaseMs,
                queryLimitMs,
                queriesPerSecond,
                queriedCells,
                fragmentLimitMs,
                fragmentCells,
                datagramCapacity,
                comparisonIntervalMs);
    }

    public RedirectorConfig withQueriesPerSecond(final int newRate) {
        return new RedirectorConfig(
                sessionCapacity,
                policy,
                embryonicLeaseMs,
                cacheLeaseMs,
                queryLimitMs,
                newRate,
                queriedCells,
                fragmentLimitMs,
                fragmentCells,
                datagramCapacity,
                comparisonIntervalMs);
    }

    public RedirectorConfig withComparisonIntervalMs(final int newIntervalMs) {
        return new RedirectorConfig(
                sessionCapacity,
                policy,
                embryonicLeaseMs,
                cacheLeaseMs,
                queryLimitMs,
                queriesPerSecond,
                queriedCells,
                fragmentLimitMs,
                fragmentCells,
                datagramCapacity,
                newIntervalMs);
    }

    private static void require(
            final String field, final int value, final int least, final int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    field + " " + value + " is outside " + least + ".." + most);
        }
    }
}
