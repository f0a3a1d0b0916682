/// Members, views and messages of the control plane. JGroups is seen by this package only.
@NullMarked
package io.boomerang.cluster;

import org.jspecify.annotations.NullMarked;
