package io.boomerang.sim.replay;

import io.boomerang.cluster.Member.Role;
import io.boomerang.sim.chassis.NodeNames;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds out before a replay whether its events can happen.
public final class EventCheck {
    private final Map<String, Role> roleByName = new HashMap<>();
    private final Map<Role, Integer> made = new EnumMap<>(Role.class);
    private final List<String> problems = new ArrayList<>();

    private EventCheck() {}

    /// What is wrong with events, in words; empty when nothing is.
    ///
    /// @param redirectors on each side at the start
    /// @param blades in the chassis at the start
    public static List<String> problems(
            final int redirectors, final int blades, final List<ScheduledEvent> events) {
        final EventCheck check = new EventCheck();
        for (int i = 0; i < redirectors; i++) {
            check.add(Role.INGRESS_REDIRECTOR);
            check.add(Role.EGRESS_REDIRECTOR);
        }
        for (int i = 0; i < blades; i++) {
            check.add(Role.BLADE);
        }
        events.stream()
                .sorted(Comparator.comparingLong(ScheduledEvent::packet))
                .forEach(check::happen);
        return check.problems;
    }

    private void add(final Role role) {
        final int index = made.merge(role, 1, Integer::sum) - 1;
        roleByName.put(NodeNames.of(NodeNames.node(role, index)), role);
    }

    private void happen(final ScheduledEvent scheduled) {
        final long packet = scheduled.packet();
        switch (scheduled.event()) {
            case ChassisEvent.AddBlade() -> add(Role.BLADE);
            case ChassisEvent.AddRedirector event -> add(event.role());
            case ChassisEvent.Weight(String blade, int _) -> requireBlade(blade, packet);
            case ChassisEvent.Move(String blade) -> requireBlade(blade, packet);
            case ChassisEvent.Rule _ -> {}
            case ChassisEvent.Drain(String name) -> {
                if (require(name, packet) != null && roleByName.get(name) != Role.BLADE) {
                    remove(name, packet);
                }
            }
            case ChassisEvent.Kill(String name) -> {
                if (require(name, packet) != null) {
                    remove(name, packet);
                }
            }
        }
    }

    private void requireBlade(final String name, final long packet) {
        final Role role = require(name, packet);
        if (role != null && role != Role.BLADE) {
            problems.add(packet + ": " + name + " is no blade");
        }
    }

    private @Nullable Role require(final String name, final long packet) {
        final Role role = roleByName.get(name);
        if (role == null) {
            problems.add(packet + ": there is no " + name + " then");
        }
        return role;
    }

    private void remove(final String name, final long packet) {
        final Role role = roleByName.remove(name);
        if (!roleByName.containsValue(role)) {
            problems.add(packet + ": " + name + " is the last of its kind");
        }
    }
}
