/// Memory outside the heap.
@NullMarked
package io.boomerang.memory;

import org.jspecify.annotations.NullMarked;
