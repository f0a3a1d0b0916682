/// The chassis key, and connections that only those open who have it. Knows nothing of JGroups.
@NullMarked
package io.boomerang.cluster.key;

import org.jspecify.annotations.NullMarked;
