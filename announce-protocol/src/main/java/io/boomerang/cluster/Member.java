package io.boomerang.cluster;

import io.boomerang.announce.FormatRange;

/// A node of the chassis as the cluster sees it.
///
/// @param node node id, 1 to 1,023, unique in the chassis
/// @param name what operators call it, `blade-1`
/// @param role what it does
/// @param incarnation how often it has started, 0 to 65,535
/// @param parametersDigest of the cluster-wide parameters it runs with
/// @param formats in which messages may be sent to it
public record Member(
        int node,
        String name,
        Role role,
        int incarnation,
        long parametersDigest,
        FormatRange formats) {
    public static final int MAX_NODE = 1_023;

    /// A member of this release.
    public Member(
            final int node,
            final String name,
            final Role role,
            final int incarnation,
            final long parametersDigest) {
        this(node, name, role, incarnation, parametersDigest, FormatRange.CURRENT);
    }

    /// What a node does in the chassis.
    public enum Role {
        INGRESS_REDIRECTOR,
        EGRESS_REDIRECTOR,
        BLADE
    }

    public Member {
        if (node < 1 || node > MAX_NODE) {
            throw new IllegalArgumentException("node " + node + " is outside 1.." + MAX_NODE);
        }
        if (incarnation < 0 || incarnation > 0xFFFF) {
            throw new IllegalArgumentException(
                    "incarnation " + incarnation + " is outside 0..65535");
        }
    }
}
