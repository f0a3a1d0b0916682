@NullMarked
package io.boomerang.sim.churn;

import org.jspecify.annotations.NullMarked;
