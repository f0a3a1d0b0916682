@NullMarked
package io.boomerang.linux;

import org.jspecify.annotations.NullMarked;
