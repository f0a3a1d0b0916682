package io.boomerang.blade.announcer;

/// How the far side's owner learns of a flow before its first packet leaves the chassis.
public enum AnnouncePolicy {
    /// The announcement rides on the packet, which leaves through that redirector: it installs the
    /// session, then emits.
    CARRY,
    /// The packet waits on the blade until that redirector has acknowledged the announcement.
    HOLD,
    /// The announcement races the answer; a return packet that wins finds no session there.
    ASYNC
}
