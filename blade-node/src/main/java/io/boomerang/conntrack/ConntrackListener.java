package io.boomerang.conntrack;

/// Hears what the kernel says of connections. The tuples are reused: nothing of them may be kept.
public interface ConntrackListener {
    /// A connection is new, has changed, or was found in a dump.
    void onConnection(ConntrackTuple original, ConntrackTuple reply);

    /// A connection is over.
    void onEnd(ConntrackTuple original);

    /// A helper expects a connection (FTP's data, for instance).
    ///
    /// @param master the connection in which it was agreed on, the way of its first packet
    /// @param expected way of the first packet, as it will come; source port 0 is any port
    /// @param timeoutSeconds how long it is waited for, in seconds
    void onExpectation(ConntrackTuple master, ConntrackTuple expected, int timeoutSeconds);
}
