/// Which blade gets this packet: session first, then policy; and who is asked when neither knows.
@NullMarked
package io.boomerang.redirector.steering;

import org.jspecify.annotations.NullMarked;
