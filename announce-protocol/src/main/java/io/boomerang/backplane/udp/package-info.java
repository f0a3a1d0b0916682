/// The backplane as a network: GENEVE datagrams over UDP, by Netty.
@NullMarked
package io.boomerang.backplane.udp;

import org.jspecify.annotations.NullMarked;
