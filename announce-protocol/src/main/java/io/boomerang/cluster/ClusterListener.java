package io.boomerang.cluster;

/// Hears what a {@link ClusterChannel} receives. Called by the channel's threads, several at once:
/// the listener hands over to the thread that owns the state.
public interface ClusterListener {
    /// A message of another member; the bytes belong to the channel once this returns.
    void onMessage(int fromNode, byte[] buffer, int offset, int length);

    void onView(ClusterView view);
}
