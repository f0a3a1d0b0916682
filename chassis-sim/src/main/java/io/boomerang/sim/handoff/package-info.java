/// Connections that move between blades of a simulated chassis while nodes die and networks fail.
@NullMarked
package io.boomerang.sim.handoff;

import org.jspecify.annotations.NullMarked;
