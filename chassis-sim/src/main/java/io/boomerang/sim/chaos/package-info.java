/// Seeded faults against a whole chassis, and judges that share no code with what they judge.
@NullMarked
package io.boomerang.sim.chaos;

import org.jspecify.annotations.NullMarked;
