/// Assembly of a redirector: configuration and the parts it is made of.
@NullMarked
package io.boomerang.redirector;

import org.jspecify.annotations.NullMarked;
