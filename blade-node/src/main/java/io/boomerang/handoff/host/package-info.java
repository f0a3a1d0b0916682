/// What ordinary servers see of a hand-off: an accepted connection, and what its client has sent so
/// far.
@NullMarked
package io.boomerang.handoff.host;

import org.jspecify.annotations.NullMarked;
