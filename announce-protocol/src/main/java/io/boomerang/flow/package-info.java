/// From a packet to its flow: canonical key, direction, keyed hash, fragments of a datagram.
@NullMarked
package io.boomerang.flow;

import org.jspecify.annotations.NullMarked;
