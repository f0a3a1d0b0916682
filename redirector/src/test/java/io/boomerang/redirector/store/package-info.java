@NullMarked
package io.boomerang.redirector.store;

import org.jspecify.annotations.NullMarked;
