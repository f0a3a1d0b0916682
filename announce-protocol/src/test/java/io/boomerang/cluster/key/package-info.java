/// Tests of the chassis key.
@NullMarked
package io.boomerang.cluster.key;

import org.jspecify.annotations.NullMarked;
