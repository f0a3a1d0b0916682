/// Frames that simulated hosts send.
@NullMarked
package io.boomerang.sim.traffic;

import org.jspecify.annotations.NullMarked;
