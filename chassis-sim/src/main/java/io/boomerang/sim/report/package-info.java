/// What a run shows its user: steering log, trace, report, explanation.
@NullMarked
package io.boomerang.sim.report;

import org.jspecify.annotations.NullMarked;
