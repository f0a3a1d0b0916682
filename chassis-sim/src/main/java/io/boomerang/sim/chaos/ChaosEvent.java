package io.boomerang.sim.chaos;

import io.boomerang.announce.DesiredRule;
import io.boomerang.cluster.Member.Role;
import io.boomerang.flow.Side;

import java.util.List;

/// What happens in a run: traffic and faults. Events name nodes that may not be there any more when
/// their time comes; then nothing happens, so that every part of a list of events is one, too.
public sealed interface ChaosEvent {
    /// When, in milliseconds after the chassis has started.
    int atMs();

    /// A flow begins and sends packets both ways.
    ///
    /// @param number different for each flow of a plan
    /// @param connection TCP, else UDP
    /// @param opener where its first packet comes from
    /// @param packets that the opener sends
    /// @param gapMs between them
    /// @param lives how many connections follow each other on the same addresses and ports, each
    ///   but the last one reset; 1 without connection
    record Flow(
            int atMs,
            int number,
            boolean connection,
            Side opener,
            int packets,
            int gapMs,
            int lives)
            implements ChaosEvent {}

    record Join(int atMs, Role role) implements ChaosEvent {}

    /// A node dies without a word; it starts again, with nothing in it, after `downMs`, not at all
    /// when that is 0.
    record Crash(int atMs, String node, int downMs) implements ChaosEvent {}

    /// A node stands still, hears nothing and does nothing.
    record Pause(int atMs, String node, int forMs) implements ChaosEvent {}

    record Weight(int atMs, String blade, int weight) implements ChaosEvent {}

    /// The blade drains by moving its flows to others.
    record Move(int atMs, String blade) implements ChaosEvent {}

    /// An operator changes the policy for new flows, or the hash key, at this redirector.
    record Rule(int atMs, String redirector, DesiredRule desired) implements ChaosEvent {}

    /// Neither frames nor messages pass between these nodes and the others.
    record Divide(int atMs, List<String> nodes, int forMs) implements ChaosEvent {}

    /// Frames do not pass from one node to another; messages do.
    record BreakLink(int atMs, String from, String to, int forMs) implements ChaosEvent {}

    /// Both networks lose, double and delay.
    record Storm(int atMs, int lossPerMille, int doublingPerMille, int slowestUs, int forMs)
            implements ChaosEvent {}
}
