package io.boomerang.backplane;

/// What the receiver of a datagram is asked to do with the frame in it.
public enum Purpose {
    /// To a blade: process it.
    DELIVER,
    /// To a redirector: send it out of the outside port.
    EMIT,
    /// To the flow's owner: decide which blade gets it.
    LOOK_UP,
    /// To the owner of the frame's datagram: find out to which flow it belongs.
    RESOLVE,
    /// To whoever has a part in the move of a connection: what follows is no frame but a datagram
    /// of its transfer.
    TRANSFER,
    /// To a blade that a flow has left, without a frame: the arrival node sends the flow's packets
    /// to another blade from now on; to be passed on to that one, behind all that came before.
    MARK;

    private static final Purpose[] VALUES = values();
    static final int COUNT = VALUES.length;

    /// The purpose with this ordinal; the caller has checked that it is below {@link #COUNT}.
    static Purpose of(final int ordinal) {
        return VALUES[ordinal];
    }
}
