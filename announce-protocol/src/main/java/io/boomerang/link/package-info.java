/// Which nodes hear which, and by whom a node is reached that cannot be reached directly.
@NullMarked
package io.boomerang.link;

import org.jspecify.annotations.NullMarked;
