/// The captures that the demo replays: that they hold what their names say.
@NullMarked
package io.boomerang.sim.demo;

import org.jspecify.annotations.NullMarked;
