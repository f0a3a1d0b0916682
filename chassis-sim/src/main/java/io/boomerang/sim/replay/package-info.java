/// Captures pushed through a chassis, and what the outside world does meanwhile.
@NullMarked
package io.boomerang.sim.replay;

import org.jspecify.annotations.NullMarked;
