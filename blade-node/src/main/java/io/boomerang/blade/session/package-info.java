/// The flows this blade holds. It alone decides how long a flow lives.
@NullMarked
package io.boomerang.blade.session;

import org.jspecify.annotations.NullMarked;
