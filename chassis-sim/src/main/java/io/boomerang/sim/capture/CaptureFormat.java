package io.boomerang.sim.capture;

import org.jspecify.annotations.Nullable;

import java.io.IOException;

/// Finds the packets in the bytes of a capture file.
sealed interface CaptureFormat permits PcapFormat, PcapNgFormat {
    /// Packets are cut at this length; nothing that any network carries is longer.
    int MAX_PACKET_BYTES = 1 << 20;

    /// Moves to the next packet. False at the end, whatever the reason.
    boolean next(CapturedPacket into) throws IOException;

    /// Why {@link #next} ended before the end of the file; null when it did not.
    @Nullable CaptureDamage damage();
}
