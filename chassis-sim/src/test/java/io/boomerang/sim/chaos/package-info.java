@NullMarked
package io.boomerang.sim.chaos;

import org.jspecify.annotations.NullMarked;
