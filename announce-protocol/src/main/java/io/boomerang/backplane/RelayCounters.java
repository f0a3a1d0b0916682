package io.boomerang.backplane;

/// What became of the datagrams that a node sent, received or relayed by way of others.
///
/// @param sentByRelay were sent by way of another node
/// @param relayed were sent on for others
/// @param cameByRelay came by way of another node
/// @param droppedNoPath had nowhere to go: of this node's own or of others
/// @param droppedTooFar had crossed as many links as they may
/// @param droppedFull found no room on the way on
/// @param refused came from strangers, were malformed, or of another chassis
/// @param hellosSent to others
/// @param hellosReceived from members
public record RelayCounters(
        long sentByRelay,
        long relayed,
        long cameByRelay,
        long droppedNoPath,
        long droppedTooFar,
        long droppedFull,
        long refused,
        long hellosSent,
        long hellosReceived) {}
