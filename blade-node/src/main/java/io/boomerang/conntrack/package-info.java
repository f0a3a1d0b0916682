/// What a Linux kernel's connection tracking knows of flows, told by the kernel itself over
/// netlink.
@NullMarked
package io.boomerang.conntrack;

import org.jspecify.annotations.NullMarked;
