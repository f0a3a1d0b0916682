@NullMarked
package io.boomerang.sim.handoff;

import org.jspecify.annotations.NullMarked;
