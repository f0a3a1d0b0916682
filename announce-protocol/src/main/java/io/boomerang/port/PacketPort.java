package io.boomerang.port;

/// One network interface, as a wire that frames come out of and go into: every frame that arrives
/// there, whomever it is for, and as it was on the wire, tags and checksums included.
///
/// Used by one thread at a time. Nothing here blocks; {@link PortWait} waits for frames.
public interface PacketPort extends FrameOutlet, AutoCloseable {
    /// Of the interface.
    String name();

    /// How frames come from the kernel, for people.
    String kind();

    /// Of the interface when the port was opened, in bytes: longest IP packet, without the Ethernet
    /// header.
    int mtu();

    /// Replaces the contents of the burst by frames that have arrived, as many as there are and as
    /// it holds; answers how many. They may be written to. Their memory belongs to the port again
    /// when this is called next, or {@link #close}.
    int receive(FrameBurst burst);

    /// Gives what is queued to the interface: once in a while, not for each frame. What the
    /// interface does not take now stays queued for the next call. {@link #transmit} does it by
    /// itself when there is no room left, once, and again only after this has been called.
    void flush();

    /// What the port has done so far. Asks the kernel; not for the packet path.
    PortCounters counters();

    /// Descriptors that the kernel shows as readable when frames have arrived.
    int[] descriptors();

    /// Ends the port and puts back what it had changed of the interface.
    @Override
    void close();
}
