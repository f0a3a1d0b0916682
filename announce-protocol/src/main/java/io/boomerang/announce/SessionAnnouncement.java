package io.boomerang.announce;

import io.boomerang.flow.FlowKey;

/// A blade tells a redirector which blade holds a flow.
///
/// @param kind what happened to the session
/// @param key the flow as the receiving redirector will see it (after translation on the blade)
/// @param original the flow as its first packet entered the chassis; equal to `key` where nothing
///   is translated
/// @param flowId unique per chassis life; a greater one (unsigned) is a later flow
/// @param blade node id of the blade that holds the flow, 1 to 65,535
/// @param incarnation how often that blade has started, 0 to 65,535
/// @param version counts the changes of this flow's session on its blade, 1 to 65,535 and round
///   again; {@link #UNANNOUNCED} when a redirector passes on what no blade has announced
/// @param leaseMs how long the session lives without another announcement, in milliseconds, in
///   steps of {@link #LEASE_STEP_MS}
/// @param phase how far the flow's life has come
public record SessionAnnouncement(
        Kind kind,
        FlowKey key,
        FlowKey original,
        long flowId,
        int blade,
        int incarnation,
        int version,
        int leaseMs,
        TcpPhase phase)
        implements ControlMessage {

    /// Leases travel in 16 bits in steps of 10 ms, so the longest is 655,350 ms.
    public static final int LEASE_STEP_MS = 10;

    public static final int MAX_LEASE_MS = 0xFFFF * LEASE_STEP_MS;

    /// The version of a redirector's choice. Maybe no packet has come to the blade.
    public static final int UNANNOUNCED = 0;

    private static final int LAST_VERSION = 0xFFFF;

    /// What happened to the session.
    public enum Kind {
        OPEN,
        REFRESH,
        CLOSE,
        /// The flow goes on at `blade`, which took it over from another one.
        MOVE,
        /// A flow that does not exist yet will belong to `blade` (FTP data, for instance).
        EXPECT
    }

    public SessionAnnouncement {
        requireRange("blade", blade, 1, 0xFFFF);
        requireRange("incarnation", incarnation, 0, 0xFFFF);
        requireRange("version", version, 0, 0xFFFF);
        requireRange("leaseMs", leaseMs, 0, MAX_LEASE_MS);
        if (key.isIpv6() != original.isIpv6()) {
            throw new IllegalArgumentException(
                    "key " + key + " and original " + original + " differ in family");
        }
        if (key.protocol() != original.protocol() || key.kind() != original.kind()) {
            throw new IllegalArgumentException(
                    "key " + key + " and original " + original + " differ in protocol");
        }
        if (key.vlanDomain() != original.vlanDomain()) {
            throw new IllegalArgumentException(
                    "key " + key + " and original " + original + " differ in VLAN domain");
        }
    }

    /// The same, but as another kind of news.
    public SessionAnnouncement withKind(final Kind other) {
        return new SessionAnnouncement(
                other, key, original, flowId, blade, incarnation, version, leaseMs, phase);
    }

    /// The version that comes so many changes after another one.
    public static int versionAfter(final int version, final int changes) {
        return (version + changes - 1) % LAST_VERSION + 1;
    }

    private static void requireRange(
            final String field, final int value, final int least, final int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    field + " " + value + " is outside " + least + ".." + most);
        }
    }
}
