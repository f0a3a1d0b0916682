/// Which host a connection is for, from its first bytes.
@NullMarked
package io.boomerang.handoff.classifier;

import org.jspecify.annotations.NullMarked;
