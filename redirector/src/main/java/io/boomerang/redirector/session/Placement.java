package io.boomerang.redirector.session;

/// Where flows without a session go. A session whose blade its bucket maps to anyway is the safest
/// to forget.
@FunctionalInterface
public interface Placement {
    /// Whether a flow of this hash would reach this blade without a session.
    boolean stillMaps(long hash, int blade);
}
