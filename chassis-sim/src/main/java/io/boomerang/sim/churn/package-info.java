/// What comes of flows while servers come and go, compared with what others do: flows and servers
/// without packets, in simulated time.
@NullMarked
package io.boomerang.sim.churn;

import org.jspecify.annotations.NullMarked;
