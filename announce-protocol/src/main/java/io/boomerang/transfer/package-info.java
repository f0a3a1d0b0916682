/// What classifier, forwarder and host say to each other while a connection moves.
@NullMarked
package io.boomerang.transfer;

import org.jspecify.annotations.NullMarked;
