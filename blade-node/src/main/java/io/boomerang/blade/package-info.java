/// A processing blade: marker sessions, a processor and an announcer, assembled.
@NullMarked
package io.boomerang.blade;

import org.jspecify.annotations.NullMarked;
