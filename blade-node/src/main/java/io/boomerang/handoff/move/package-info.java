/// Connections of this node's kernel that leave for other nodes, or arrive from them.
@NullMarked
package io.boomerang.handoff.move;

import org.jspecify.annotations.NullMarked;
