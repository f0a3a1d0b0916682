@NullMarked
package io.boomerang.device;

import org.jspecify.annotations.NullMarked;
