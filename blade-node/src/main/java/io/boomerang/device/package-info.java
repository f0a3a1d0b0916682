/// What stands behind a blade and is reached by network interfaces: the Linux kernel as a device
/// that packets pass, the kernel's TCP stack in which they end, and appliances.
@NullMarked
package io.boomerang.device;

import org.jspecify.annotations.NullMarked;
