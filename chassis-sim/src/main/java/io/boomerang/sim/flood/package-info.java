/// What becomes of connections, tables and messages while a chassis is flooded from spoofed
/// sources: the nodes of production on a stepped clock.
@NullMarked
package io.boomerang.sim.flood;

import org.jspecify.annotations.NullMarked;
