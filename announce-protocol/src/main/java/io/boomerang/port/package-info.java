/// Where Ethernet frames enter and leave a node: network interfaces of Linux.
@NullMarked
package io.boomerang.port;

import org.jspecify.annotations.NullMarked;
