/// Connections that were handed over, as channels of Netty.
@NullMarked
package io.boomerang.handoff.netty;

import org.jspecify.annotations.NullMarked;
