/// Capture files: pcap and pcapng, plain or gzip, read with bounded memory.
@NullMarked
package io.boomerang.sim.capture;

import org.jspecify.annotations.NullMarked;
