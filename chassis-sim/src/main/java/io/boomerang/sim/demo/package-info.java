/// The captures that come with the project.
@NullMarked
package io.boomerang.sim.demo;

import org.jspecify.annotations.NullMarked;
