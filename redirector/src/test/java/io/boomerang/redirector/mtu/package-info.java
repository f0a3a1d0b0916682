@NullMarked
package io.boomerang.redirector.mtu;

import org.jspecify.annotations.NullMarked;
