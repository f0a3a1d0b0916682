/// What a redirector does when the backplane does not carry a frame as one packet.
@NullMarked
package io.boomerang.redirector.mtu;

import org.jspecify.annotations.NullMarked;
