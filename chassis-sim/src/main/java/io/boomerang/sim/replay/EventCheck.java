package io.boomerang.sim.replay;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Finds out before a replay whether its events can happen.
public final class EventCheck {
    private EventCheck() {}

    /// What is wrong with events, in words; empty when nothing is.
    ///
    /// @param blades in the chassis at the start
    public static List<String> problems(final int blades, final List<ScheduledEvent> events) {
        final Set<String> names = new TreeSet<>();
        int made = 0;
        while (made < blades) {
            names.add("blade-" + ++made);
        }
        final List<String> problems = new ArrayList<>();
        for (final ScheduledEvent scheduled :
                events.stream().sorted(Comparator.comparingLong(ScheduledEvent::packet)).toList()) {
            final String name =
                    switch (scheduled.event()) {
                        case ChassisEvent.AddBlade() -> {
                            final String added = "blade-" + ++made;
                            names.add(added);
                            yield added;
                        }
                        case ChassisEvent.Drain(String blade) -> blade;
                        case ChassisEvent.Weight(String blade, int _) -> blade;
                        case ChassisEvent.Kill(String blade) -> blade;
                    };
            if (!names.contains(name)) {
                problems.add(scheduled.packet() + ": there is no " + name + " then");
            } else if (scheduled.event() instanceof ChassisEvent.Kill) {
                names.remove(name);
                if (names.isEmpty()) {
                    problems.add(scheduled.packet() + ": " + name + " is the last blade");
                }
            }
        }
        return problems;
    }
}
