/// Carries frames between nodes, encapsulated in GENEVE (RFC 8926).
@NullMarked
package io.boomerang.backplane;

import org.jspecify.annotations.NullMarked;
