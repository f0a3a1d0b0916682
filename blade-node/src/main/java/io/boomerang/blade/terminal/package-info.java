/// A blade on which connections end, and from which they move to others.
@NullMarked
package io.boomerang.blade.terminal;

import org.jspecify.annotations.NullMarked;
