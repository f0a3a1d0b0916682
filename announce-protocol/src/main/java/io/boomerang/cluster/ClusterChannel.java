package io.boomerang.cluster;

/// One member's connection to the chassis' control plane.
///
/// Messages between two members arrive in order, or not at all when one of them leaves. There is no
/// delivery promise beyond that: whoever needs one asks for an acknowledgement and repeats. `send`
/// and `broadcast` may be called by any thread, copy the bytes before they return and do not block
/// on a slow member beyond the transport's flow control.
public interface ClusterChannel extends AutoCloseable {
    /// Joins the cluster. The listener hears of the first view before this returns.
    void connect(ClusterListener listener);

    /// Sends to one member; answers false when it is not in the current view.
    boolean send(int node, byte[] message, int offset, int length);

    /// Sends to every other member.
    void broadcast(byte[] message, int offset, int length);

    /// The newest view; empty before {@link #connect}.
    ClusterView view();

    /// This member.
    Member self();

    /// The links to other members, for any thread; {@link LinkCounters#NONE} where none can break.
    default LinkCounters links() {
        return LinkCounters.NONE;
    }

    /// Leaves the cluster. Further calls do nothing.
    @Override
    void close();
}
