package io.boomerang.node.admin;

import io.boomerang.announce.SteeringRule;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.Member;

/// A node at one moment.
///
/// @param self the node as a member
/// @param state what it is about
/// @param weight of a processor, how many new flows it wants, measured against the others; else 0
/// @param rule that it goes by; its policy is the redirectors' matter
/// @param ruleSettled whether it knows of nobody who goes by another rule or asks for one
/// @param uptimeMs since its thread began, in milliseconds
/// @param view of the cluster; without members before the first one
/// @param measurements what it counts and holds
public record NodeStatus(
        Member self,
        State state,
        int weight,
        SteeringRule rule,
        boolean ruleSettled,
        long uptimeMs,
        ClusterView view,
        Measurements measurements) {

    /// What a node is about.
    public enum State {
        /// It is a redirector that its outside network is not to send to yet.
        STARTING,
        RUNNING,
        /// It wants no new flows and has some left.
        DRAINING,
        /// It wants no new flows and has none.
        DRAINED
    }
}
