package io.boomerang.sim.capture;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// Everything that a reader finds in a file.
record CaptureContents(List<Packet> packets, @Nullable CaptureDamage damage) {
    record Packet(
            long number,
            long timestampNs,
            int linkType,
            int interfaceId,
            int originalLength,
            String bytes) {}

    static CaptureContents of(final Path file) throws IOException {
        final List<Packet> packets = new ArrayList<>();
        final CapturedPacket packet = new CapturedPacket();
        try (CaptureReader reader = new CaptureReader(file)) {
            while (reader.next(packet)) {
                packets.add(
                        new Packet(
                                packet.number(),
                                packet.timestampNs(),
                                packet.linkType(),
                                packet.interfaceId(),
                                packet.originalLength(),
                                hex(packet)));
            }
            return new CaptureContents(packets, reader.damage());
        }
    }

    private static String hex(final CapturedPacket packet) {
        return HexFormat.of()
                .formatHex(
                        packet.segment()
                                .asSlice(packet.offset(), packet.capturedLength())
                                .toArray(ValueLayout.JAVA_BYTE));
    }

    /// -1 without damage.
    long damageOffset() {
        return damage == null ? -1 : damage.offset();
    }

    List<String> bytes() {
        return packets.stream().map(Packet::bytes).toList();
    }

    List<Long> timesNs() {
        return packets.stream().map(Packet::timestampNs).toList();
    }
}
