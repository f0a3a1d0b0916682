/// Processors that are devices of their own, reached by network interfaces: the Linux kernel.
@NullMarked
package io.boomerang.device;

import org.jspecify.annotations.NullMarked;
