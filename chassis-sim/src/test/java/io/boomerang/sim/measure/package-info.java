@NullMarked
package io.boomerang.sim.measure;

import org.jspecify.annotations.NullMarked;
