/// The redirector's part in a connection's move from one blade to another: it decides whose the
/// connection is.
@NullMarked
package io.boomerang.redirector.forwarder;

import org.jspecify.annotations.NullMarked;
