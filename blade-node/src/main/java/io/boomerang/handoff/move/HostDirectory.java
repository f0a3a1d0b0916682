package io.boomerang.handoff.move;

import java.util.Set;

/// Which nodes serve what.
public interface HostDirectory {
    /// The answer when there is nobody.
    int NONE = -1;

    /// A node that serves this and takes connections now, but none of those; or {@link #NONE}.
    int choose(String service, Set<Integer> except);
}
