/// TCP connections of the Linux kernel, taken out of it and put into it (TCP_REPAIR).
@NullMarked
package io.boomerang.handoff.kernel;

import org.jspecify.annotations.NullMarked;
