/// What nodes tell each other about sessions, and the bytes they use for it.
@NullMarked
package io.boomerang.announce;

import org.jspecify.annotations.NullMarked;
