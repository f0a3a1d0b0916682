@NullMarked
package io.boomerang.conntrack;

import org.jspecify.annotations.NullMarked;
