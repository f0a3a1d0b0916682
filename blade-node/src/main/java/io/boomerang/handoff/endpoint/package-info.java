/// A TCP stack for one connection, in memory, on a stepped clock: what a chassis in one process has
/// in place of a kernel. It exports and imports the same state.
@NullMarked
package io.boomerang.handoff.endpoint;

import org.jspecify.annotations.NullMarked;
