/// Header views over frames in place, one length check each. Understands fields, judges nothing.
@NullMarked
package io.boomerang.wire;

import org.jspecify.annotations.NullMarked;
