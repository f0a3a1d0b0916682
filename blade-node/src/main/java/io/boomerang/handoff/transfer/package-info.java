/// How a connection's blob gets from its classifier through a redirector, the forwarder, to its
/// host over datagrams that may get lost, and who owns the connection meanwhile and afterwards.
@NullMarked
package io.boomerang.handoff.transfer;

import org.jspecify.annotations.NullMarked;
