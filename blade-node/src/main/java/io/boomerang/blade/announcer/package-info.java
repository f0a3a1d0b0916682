/// Tells redirectors about the sessions of this blade: carry, hold or async; retry, refresh, close.
@NullMarked
package io.boomerang.blade.announcer;

import org.jspecify.annotations.NullMarked;
