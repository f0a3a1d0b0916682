@NullMarked
package io.boomerang.sim.flood;

import org.jspecify.annotations.NullMarked;
