package io.boomerang.node;

import io.boomerang.blade.terminal.TerminalCounters;
import io.boomerang.device.KernelStack;
import io.boomerang.handoff.front.FrontCounters;
import io.boomerang.node.admin.Measurements;
import io.boomerang.node.admin.Metric;
import io.boomerang.redirector.forwarder.ForwarderCounters;

/// What is measured of connections that end in the chassis and move from blade to blade.
final class HandoffMeasurements {
    private static final String DROP = "drop-";

    private HandoffMeasurements() {}

    /// Of a blade.
    static void add(
            final Measurements into, final TerminalCounters terminal, final KernelStack stack) {
        into.add(Metric.HANDOFFS, "given", terminal.given())
                .add(Metric.HANDOFFS, "taken", terminal.taken())
                .add(Metric.HANDOFFS, "kept", terminal.kept())
                .add(Metric.HANDOFFS, "lost", terminal.lost())
                .add(Metric.HANDOFFS, "incomplete", terminal.incomplete())
                .add(Metric.HANDOFF_PASSED_ON, terminal.passedOn())
                .add(Metric.DROPS, "handoff-early", terminal.droppedEarly())
                .add(Metric.DROPS, "handoff-astray", terminal.droppedAstray())
                .add(Metric.DROPS, "handoff-interface-full", stack.interfaceFullCount());
        final FrontCounters front = stack.front();
        if (front == null) {
            addHost(into, stack);
        } else {
            addClassifier(into, front);
        }
    }

    private static void addClassifier(final Measurements into, final FrontCounters front) {
        into.add(Metric.CLIENTS_ACCEPTED, front.accepted())
                .add(Metric.CLIENTS_WAITING, front.waiting())
                .add(Metric.CLIENT_BYTES, front.buffered())
                .add(Metric.CLIENTS_DECIDED, "late", front.decidedLate())
                .add(Metric.CLIENTS_DECIDED, "full", front.decidedFull())
                .add(Metric.CLIENTS_DECIDED, "early", front.decidedEarly())
                .add(Metric.CLIENTS_ENDED, "given", front.given())
                .add(Metric.CLIENTS_ENDED, "closed", front.closed())
                .add(Metric.CLIENTS_ENDED, "reset-unmovable", front.resetUnmovable())
                .add(Metric.CLIENTS_ENDED, "reset-unserved", front.resetUnserved())
                .add(Metric.CLIENTS_ENDED, "reset-refused", front.resetRefused())
                .add(Metric.CLIENTS_ENDED, "reset-lost", front.resetLost())
                .add(Metric.CLIENTS_RETRIED, front.retried())
                .add(Metric.ACCEPT_REFUSED, front.acceptRefused());
    }

    private static void addHost(final Measurements into, final KernelStack stack) {
        into.add(Metric.PROGRAMS, stack.programCount())
                .add(Metric.DIRECT_RETURNS, stack.directReturnCount())
                .add(Metric.PROGRAM_BACKLOG, stack.waitingCount())
                .add(Metric.PROGRAM_CONNECTIONS, "served", stack.servedCount())
                .add(Metric.PROGRAM_CONNECTIONS, "given-on", stack.givenOnCount())
                .add(Metric.PROGRAM_CONNECTIONS, "reset", stack.brokenCount());
    }

    /// Of a redirector, through which they go.
    static void add(final Measurements into, final ForwarderCounters forwarder) {
        into.add(Metric.HANDOFFS, "begun", forwarder.begun())
                .add(Metric.HANDOFFS, "committed", forwarder.committed())
                .add(Metric.HANDOFFS, "given", forwarder.given())
                .add(Metric.HANDOFFS, "kept", forwarder.kept())
                .add(Metric.HANDOFFS, "lost", forwarder.lost());
        forwarder
                .snapshot()
                .forEach((name, count) -> {
                    if (name.startsWith(DROP)) {
                        into.add(Metric.DROPS, name.substring(DROP.length()), count);
                    }
                });
    }
}
