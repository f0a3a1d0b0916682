/// How flows go from one blade to another while their packets pass.
@NullMarked
package io.boomerang.blade.mover;

import org.jspecify.annotations.NullMarked;
