/// Tests of this package.
@NullMarked
package io.boomerang.link;

import org.jspecify.annotations.NullMarked;
