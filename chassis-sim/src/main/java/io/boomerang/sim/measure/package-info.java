/// Figures that need more than one process.
@NullMarked
package io.boomerang.sim.measure;

import org.jspecify.annotations.NullMarked;
