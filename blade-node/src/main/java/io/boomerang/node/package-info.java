/// The daemon that runs a blade: its nodes, each with a thread, a control plane and a backplane.
@NullMarked
package io.boomerang.node;

import org.jspecify.annotations.NullMarked;
