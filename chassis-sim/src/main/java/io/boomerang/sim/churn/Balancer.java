package io.boomerang.sim.churn;

/// Something that sends flows to servers. Flows have numbers below the limit that it was made for,
/// which are used again after their end.
interface Balancer {
    void open(int flow, int connection, long hash);

    void close(int flow);

    /// A server went or came; the pool knows which.
    void serversChanged();

    /// How often a flow was sent to another server while its own had stayed up.
    long broken();
}
