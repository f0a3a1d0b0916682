package io.boomerang.cluster;

/// The links of a member to others in the cluster's network, and what went around broken ones.
///
/// @param silentLinks members that this one does not hear now
/// @param deafLinks members that do not hear this one now, as they say
/// @param sentByRelay messages of this member that went by way of others, once for each receiver
/// @param relayed messages that were sent on for others
/// @param cameByRelay messages that came by way of others
/// @param droppedTooFar messages that had crossed as many links as they may
/// @param refused hellos that were malformed or came from outside the view, and relayed messages
///   from or to nodes outside it
/// @param hellosSent to others
/// @param hellosReceived from members
public record LinkCounters(
        int silentLinks,
        int deafLinks,
        long sentByRelay,
        long relayed,
        long cameByRelay,
        long droppedTooFar,
        long refused,
        long hellosSent,
        long hellosReceived) {
    /// Of a channel that needs no network.
    public static final LinkCounters NONE = new LinkCounters(0, 0, 0, 0, 0, 0, 0, 0, 0);
}
