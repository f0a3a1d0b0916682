@NullMarked
package io.boomerang.sim.command;

import org.jspecify.annotations.NullMarked;
