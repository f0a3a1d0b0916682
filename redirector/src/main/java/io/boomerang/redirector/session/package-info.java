/// The sessions of a redirector: off-heap, one writer, whole or not at all for every reader.
@NullMarked
package io.boomerang.redirector.session;

import org.jspecify.annotations.NullMarked;
