@NullMarked
package io.boomerang.transfer;

import org.jspecify.annotations.NullMarked;
