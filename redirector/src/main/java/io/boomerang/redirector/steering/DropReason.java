package io.boomerang.redirector.steering;

/// Why a redirector lost a packet.
public enum DropReason {
    /// The frame has no flow and is no frame to bridge.
    MALFORMED("malformed"),
    /// No live blade is left.
    NO_BLADE("no-blade"),
    /// No redirector is left on the side where the packet would have to go.
    NO_REDIRECTOR("no-redirector"),
    /// The first fragment of its datagram did not come in time.
    FRAGMENT_WITHOUT_FIRST("fragment-without-first"),
    /// Made room for a younger fragment.
    FRAGMENT_EVICTED("fragment-evicted"),
    /// No session, it opens no flow, and not every blade said in time whether it holds the flow.
    STATE_UNKNOWN("state-unknown"),
    /// The same, but too many others waited for the blades' answers.
    STATE_QUERIES_FULL("state-queries-full"),
    /// The same, but the blades have been asked about too many flows already in this second.
    QUESTION_BUDGET("question-budget"),
    /// Larger than the place where it had to wait.
    TOO_LARGE_TO_HOLD("too-large-to-hold"),
    /// The backplane had no room.
    BACKPLANE_FULL("backplane-full"),
    /// Links of the backplane are broken, and none of the others leads there.
    NO_PATH("no-path"),
    /// The outside port had no room.
    PORT_FULL("port-full"),
    /// A datagram on the backplane that was not understood.
    BACKPLANE_MALFORMED("backplane-malformed"),
    /// Its connection moves, and too many packets wait for that already.
    HANDOFF_HELD_FULL("handoff-held-full"),
    /// Its connection moves, and that took too long.
    HANDOFF_HELD_TOO_LONG("handoff-held-too-long"),
    /// It went round between redirectors that disagree.
    HOP_LIMIT("hop-limit");

    private final String label;

    DropReason(final String label) {
        this.label = label;
    }

    /// As logs, reports and metrics name it.
    public String label() {
        return label;
    }
}
