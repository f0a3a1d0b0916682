package io.boomerang.node.admin;

import java.util.Locale;

/// Everything that daemons measure. The README lists the same, and a test compares.
public enum Metric {
    UPTIME(Type.GAUGE, "uptime_seconds", "", "Time since the node started."),
    MEMBERS(Type.GAUGE, "cluster_members", "kind", "Members of the cluster that the node sees."),
    VIEW(Type.GAUGE, "cluster_view", "", "Number of the cluster's view, which grows."),
    INBOX_DROPPED(
            Type.COUNTER,
            "control_inbox_dropped_total",
            "",
            "Batches of control messages lost because too many waited."),
    CLUSTER_LINKS_DOWN(
            Type.GAUGE,
            "cluster_links_down",
            "direction",
            "Members of the cluster that the node does not hear, and that do not hear it."),
    CLUSTER_RELAYED(
            Type.COUNTER,
            "cluster_relayed_total",
            "way",
            "JGroups' messages that went around broken links: sent, sent on for others, received."),

    FRAMES(Type.COUNTER, "frames_total", "point", "Frames that passed this point of the node."),
    BYTES(
            Type.COUNTER,
            "bytes_total",
            "point",
            "Their bytes; between nodes with the headers that steer them."),
    PEER_FRAMES(Type.COUNTER, "peer_frames_total", "peer", "Frames sent to this other node."),
    PEER_BYTES(Type.COUNTER, "peer_bytes_total", "peer", "Their bytes."),
    DROPS(Type.COUNTER, "drops_total", "reason", "Frames that the node lost, by the reason."),
    BACKPLANE_REFUSED(
            Type.COUNTER,
            "backplane_refused_total",
            "reason",
            "Datagrams from the backplane that were not believed."),
    BACKPLANE_RELAYED(
            Type.COUNTER,
            "backplane_relayed_total",
            "",
            "Datagrams sent on for other nodes, around broken links."),

    SESSIONS(Type.GAUGE, "sessions", "blade", "Live sessions of a redirector with this blade."),
    SESSIONS_EMBRYONIC(
            Type.GAUGE,
            "sessions_embryonic",
            "",
            "Those of them that were seen from their initiator only."),
    SESSIONS_LAPSED(
            Type.GAUGE, "sessions_lapsed", "", "Sessions that are over and still remembered."),
    FLOWS(Type.GAUGE, "flows", "state", "Flows of a processor."),
    FILL(
            Type.GAUGE,
            "table_fill_ratio",
            "",
            "Share of the session or flow table that is in use, remembered ones included."),
    CAPACITY(Type.GAUGE, "table_capacity", "", "Sessions or flows that fit into the table."),
    EVICTIONS(
            Type.COUNTER,
            "evictions_total",
            "kind",
            "Sessions or flows that gave their place to a new one."),
    REFUSED_FULL(
            Type.COUNTER,
            "refused_full_total",
            "",
            "Sessions or flows that found no place in the table."),
    AT_RISK(Type.GAUGE, "flows_at_risk", "", "Flows that would break if this node died now."),

    DECISIONS(
            Type.COUNTER,
            "decisions_total",
            "decision",
            "Packets that a redirector gave to a blade, by what decided."),
    FLOWS_DECIDED(
            Type.COUNTER, "flows_decided_total", "", "Flows for which a redirector chose a blade."),
    FLOWS_BROKEN(
            Type.COUNTER, "flows_broken_total", "", "Flows whose blade had died, met by a packet."),
    RETURN_MISSES(
            Type.COUNTER,
            "return_misses_total",
            "",
            "Packets of existing flows that found no session and were sent right by a blade's"
                    + " answer."),
    QUESTIONS(
            Type.COUNTER,
            "questions_total",
            "outcome",
            "Flows that blades were asked for, and what came of it."),
    FORWARDED(Type.COUNTER, "forwarded_total", "", "Packets sent on to the owner of their flow."),
    HELD(Type.GAUGE, "held_frames", "", "Frames that wait on a blade for an acknowledgement."),

    ANNOUNCED(
            Type.COUNTER,
            "announcements_total",
            "kind",
            "Flows that a blade has announced, by the kind of the announcement."),
    ANNOUNCEMENTS_SENT(
            Type.COUNTER,
            "announcement_sends_total",
            "way",
            "Announcements as they left, each to one redirector."),
    ANNOUNCEMENT_OUTCOMES(
            Type.COUNTER,
            "announcement_outcomes_total",
            "outcome",
            "On a blade, what redirectors answered; on a redirector, what became of those that"
                    + " came."),
    OUTSTANDING(
            Type.GAUGE,
            "announcements_outstanding",
            "",
            "Announcements that nobody has acknowledged yet."),
    SYNC_LAG(
            Type.GAUGE,
            "sync_lag_seconds",
            "",
            "Age of the eldest announcement that nobody has acknowledged yet; 0 without any."),

    DRIFT(
            Type.GAUGE,
            "drift_sessions",
            "kind",
            "Sessions in which the last comparison found redirector and blades to differ."),
    DRIFT_REPAIRED(
            Type.COUNTER, "drift_repaired_total", "", "Sessions that comparisons have repaired."),
    COMPARISONS(
            Type.COUNTER, "comparisons_total", "", "Comparisons with all blades that were made."),
    PULLED(
            Type.COUNTER,
            "sessions_pulled_total",
            "",
            "Sessions that a redirector got from blades when it joined or inherited."),

    HANDOFFS(
            Type.COUNTER,
            "handoffs_total",
            "outcome",
            "Connections that moved between blades, on a blade or the redirector that forwards"
                    + " them, by what became of them."),
    HANDOFF_PASSED_ON(
            Type.COUNTER,
            "handoff_passed_on_total",
            "",
            "Packets of connections that had moved away, sent on to the owner of their flow."),
    DIRECT_RETURNS(
            Type.COUNTER,
            "direct_returns_total",
            "",
            "Packets that a host sent to clients by a port of its own."),
    CLIENTS_ACCEPTED(
            Type.COUNTER, "clients_accepted_total", "", "Connections that a classifier accepted."),
    CLIENTS_WAITING(
            Type.GAUGE, "clients_waiting", "", "Those of them that it has not given away yet."),
    CLIENT_BYTES(Type.GAUGE, "client_bytes", "", "Memory that these take, in bytes."),
    CLIENTS_DECIDED(
            Type.COUNTER,
            "clients_decided_total",
            "limit",
            "Connections that were decided on because a limit was reached."),
    CLIENTS_ENDED(
            Type.COUNTER,
            "clients_ended_total",
            "outcome",
            "Connections that a classifier has no more, by what became of them."),
    CLIENTS_RETRIED(
            Type.COUNTER,
            "clients_retried_total",
            "",
            "Attempts to give a connection away that were put off."),
    ACCEPT_REFUSED(
            Type.COUNTER,
            "accept_refused_total",
            "",
            "Times at which the kernel had no descriptor or memory for a connection."),
    PROGRAMS(Type.GAUGE, "programs", "", "Programs that serve a host's connections now."),
    PROGRAM_BACKLOG(Type.GAUGE, "program_backlog", "", "Connections that wait for a program."),
    PROGRAM_CONNECTIONS(
            Type.COUNTER,
            "program_connections_total",
            "outcome",
            "Connections that programs got, gave on, or had no room for."),

    BUCKET_EPOCH(Type.GAUGE, "bucket_epoch", "", "Epoch of the bucket table in use."),
    BUCKETS(Type.GAUGE, "buckets", "blade", "Buckets allocated to this blade."),
    WEIGHT(Type.GAUGE, "weight", "", "How many new flows a processor wants, against the others."),
    DRAINING(Type.GAUGE, "draining", "", "1 while the node wants no new flows.");

    /// What may happen to a value.
    public enum Type {
        /// It grows until the node starts anew.
        COUNTER,
        /// It goes up and down.
        GAUGE;

        /// As the exposition format says it.
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final String PREFIX = "boomerang_";

    private final Type type;
    private final String suffix;
    private final String label;
    private final String help;

    Metric(final Type type, final String suffix, final String label, final String help) {
        this.type = type;
        this.suffix = suffix;
        this.label = label;
        this.help = help;
    }

    public Type type() {
        return type;
    }

    /// With the unit at its end, where it has one.
    public String exposedName() {
        return PREFIX + suffix;
    }

    /// Name of its own label, besides those of the node; empty when it has none.
    public String label() {
        return label;
    }

    /// One line for people.
    public String help() {
        return help;
    }
}
