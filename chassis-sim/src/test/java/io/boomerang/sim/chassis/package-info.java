@NullMarked
package io.boomerang.sim.chassis;

import org.jspecify.annotations.NullMarked;
