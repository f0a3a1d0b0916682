package io.boomerang.blade.processor;

/// What became of a frame on its blade. The first drops are a processor's judgement, the last ones
/// the blade's own.
public enum ProcessorVerdict {
    PASS,
    /// A device has the packet; what comes of it comes out by itself, if anything does.
    TAKEN,
    /// It has come to where it was going: a connection ends on this blade.
    ENDED_HERE,
    /// A header that no sender writes: lengths that contradict each other, impossible TCP flags.
    DROP_MALFORMED,
    /// IPv4 header, TCP, UDP or ICMP checksum does not fit.
    DROP_BAD_CHECKSUM,
    /// The rules deny the flow.
    DROP_DENIED,
    /// No flow is known that the packet could belong to, and it may not open one; or it may not
    /// come at this point of its connection; or it waits, and its receiver begins another one.
    DROP_OUT_OF_STATE,
    /// TCP sequence or acknowledgement number outside the window.
    DROP_OUT_OF_WINDOW,
    /// An ICMP error about a packet that no known flow has sent.
    DROP_UNRELATED_ERROR,
    /// From the egress side, toward no translation.
    DROP_UNSOLICITED,
    /// No translated port is free toward this remote endpoint.
    DROP_NO_PORT,
    /// The packet belongs to a translated flow but its headers cannot be rewritten.
    DROP_NOT_REWRITABLE,
    /// A device cannot be given the packet: there is more than VLAN tags before its IP header.
    DROP_ENCAPSULATED,
    /// The interface to the device takes no more.
    DROP_DEVICE_FULL,
    /// A packet comes out of the device, but nothing that came in before tells its MAC addresses.
    DROP_NO_LINK_HEADER,
    /// The marker table is full and the processor cannot judge without a marker.
    DROP_TABLE_FULL,
    /// The frame has no flow: neither its headers nor the redirector say which.
    DROP_NO_FLOW,
    /// The far side's owner did not acknowledge the flow in time.
    DROP_HOLD_EXPIRED,
    /// The pen for frames that wait for an acknowledgement is full.
    DROP_HOLD_FULL,
    /// The far side has no redirector.
    DROP_NO_REDIRECTOR,
    /// The backplane did not take the frame.
    DROP_BACKPLANE_FULL,
    /// Links of the backplane are broken, and none of the others leads to the redirector.
    DROP_NO_PATH;

    public boolean isDrop() {
        return this != PASS && this != TAKEN && this != ENDED_HERE;
    }
}
