/// A chassis of network namespaces on one machine, with a daemon on each of its blades.
@NullMarked
package io.boomerang.sim.lab;

import org.jspecify.annotations.NullMarked;
