package io.boomerang.node;

import io.boomerang.announce.ControlMessage;
import io.boomerang.blade.BladeNode;
import io.boomerang.blade.terminal.TerminalBlade;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.Member;
import io.boomerang.cluster.Member.Role;
import io.boomerang.device.KernelStack;
import io.boomerang.node.admin.Measurements;

import java.lang.foreign.MemorySegment;
import java.util.stream.Collectors;

/// A blade on which connections of clients end: a classifier or a host of hand-offs.
final class HandoffBlade implements ProcessingBlade {
    private final TerminalBlade terminal;
    private final KernelStack stack;
    private final boolean accepts;

    /// @param accepts whether clients' connections come here first
    HandoffBlade(final TerminalBlade terminal, final KernelStack stack, final boolean accepts) {
        this.terminal = terminal;
        this.stack = stack;
        this.accepts = accepts;
        stack.attach(terminal);
    }

    @Override
    public BladeNode node() {
        return terminal.blade();
    }

    @Override
    public int receive(final long nowNs) {
        return stack.poll(nowNs);
    }

    @Override
    public void onDatagram(
            final int fromNode,
            final MemorySegment datagram,
            final long offset,
            final int length,
            final long nowNs) {
        terminal.onDatagram(fromNode, datagram, offset, length, nowNs);
    }

    @Override
    public void onMessage(final int fromNode, final ControlMessage message, final long nowNs) {
        terminal.onMessage(fromNode, message, nowNs);
    }

    @Override
    public void onView(final ClusterView view, final long nowNs) {
        stack.setHosts(
                view.members().stream()
                        .filter(member -> member.role() == Role.BLADE)
                        .map(Member::node)
                        .filter(node -> node != terminal.self().node())
                        .collect(Collectors.toUnmodifiableSet()));
        terminal.onView(view, nowNs);
    }

    @Override
    public int onTimer(final long nowNs) {
        return terminal.onTimer(nowNs);
    }

    @Override
    public void flush() {
        stack.flush();
    }

    @Override
    public int[] descriptors() {
        return stack.descriptors();
    }

    @Override
    public boolean opensFlows() {
        return accepts;
    }

    @Override
    public void setDraining(final boolean on) {
        stack.setDraining(on);
    }

    @Override
    public boolean isIdle() {
        return terminal.blade().isIdle() && terminal.openTransfers() == 0;
    }

    @Override
    public void measure(final Measurements into) {
        HandoffMeasurements.add(into, terminal.counters(), stack);
    }

    @Override
    public String summary() {
        return " handoff="
                + terminal.counters()
                + " device="
                + terminal.blade().deviceCounters()
                + " "
                + stack.summary();
    }

    @Override
    public void close() {
        terminal.close();
        stack.close();
    }
}
