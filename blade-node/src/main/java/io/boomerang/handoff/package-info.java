/// A TCP connection as a value, and as bytes that any stack can go on from.
@NullMarked
package io.boomerang.handoff;

import org.jspecify.annotations.NullMarked;
