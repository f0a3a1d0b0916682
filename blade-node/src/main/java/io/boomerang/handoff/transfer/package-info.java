/// How a connection's blob gets from one node to another over datagrams that may get lost, and who
/// of the two owns the connection meanwhile and afterwards.
@NullMarked
package io.boomerang.handoff.transfer;

import org.jspecify.annotations.NullMarked;
