package io.boomerang.blade.session;

/// Where a flow is while it moves from one blade to another, as one of the two sees it.
public enum Residence {
    /// It is here and stays.
    HERE,
    /// It is offered to another blade and its packets wait here.
    LEAVING,
    /// Another blade has it. What still comes here is sent on.
    AWAY,
    /// Another blade has it and may give it away: its place is kept here.
    EXPECTED,
    /// It is here, but not every redirector knows so yet.
    ARRIVED;

    /// Whether this blade is the one that holds the flow.
    public boolean isHeldHere() {
        return this == HERE || this == LEAVING || this == ARRIVED;
    }
}
