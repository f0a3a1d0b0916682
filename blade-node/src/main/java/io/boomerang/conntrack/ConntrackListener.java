package io.boomerang.conntrack;

/// Hears what the kernel says of connections. The tuples are reused: nothing of them may be kept.
public interface ConntrackListener {
    /// A connection is new, has changed, or was found in a dump.
    void onConnection(ConntrackTuple original, ConntrackTuple reply);

    /// A connection is over.
    void onEnd(ConntrackTuple original);

    /// A helper expects a connection (FTP's data, for instance).
    ///
    /// @param expected way of its first packet, as it will come
    /// @param anySourcePort whether that packet may have any source port
    /// @param timeoutSeconds how long it is waited for, in seconds
    void onExpectation(ConntrackTuple expected, boolean anySourcePort, int timeoutSeconds);
}
