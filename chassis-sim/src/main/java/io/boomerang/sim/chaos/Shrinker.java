package io.boomerang.sim.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// Finds a short list of events that still fails, by leaving out ever smaller parts of it (delta
/// debugging, Zeller and Hildebrandt 2002).
public final class Shrinker {
    private Shrinker() {}

    /// The plan with as few of its events as still fail.
    ///
    /// @param fails whether a plan still breaks a promise
    public static ChaosPlan shrink(final ChaosPlan failing, final Predicate<ChaosPlan> fails) {
        List<ChaosEvent> events = failing.events();
        int part = Math.max(1, events.size() / 2);
        while (true) {
            boolean shorter = false;
            for (int start = 0; start < events.size(); ) {
                final List<ChaosEvent> fewer = without(events, start, part);
                if (fewer.size() < events.size() && fails.test(failing.with(fewer))) {
                    events = fewer;
                    shorter = true;
                } else {
                    start += part;
                }
            }
            if (part == 1 && !shorter) {
                return failing.with(events);
            }
            part = Math.max(1, part / 2);
        }
    }

    private static List<ChaosEvent> without(
            final List<ChaosEvent> events, final int start, final int count) {
        final List<ChaosEvent> fewer = new ArrayList<>(events);
        fewer.subList(start, Math.min(events.size(), start + count)).clear();
        return fewer;
    }
}
