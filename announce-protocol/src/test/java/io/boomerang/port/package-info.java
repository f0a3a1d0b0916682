@NullMarked
package io.boomerang.port;

import org.jspecify.annotations.NullMarked;
