package io.boomerang.sim.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.flow.Side;
import io.boomerang.sim.capture.CaptureReader;
import io.boomerang.sim.capture.CapturedPacket;
import io.boomerang.wire.InternetChecksum;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

final class TraceTest {
    @TempDir Path directory;

    @SuppressWarnings("ArrayRecordComponent") // nobody compares it
    private record Seen(int interfaceId, long timestampNs, int originalLength, byte[] bytes) {}

    private static List<Seen> read(final Path file) throws IOException {
        final List<Seen> seen = new ArrayList<>();
        final CapturedPacket packet = new CapturedPacket();
        try (CaptureReader reader = new CaptureReader(file)) {
            while (reader.next(packet)) {
                seen.add(
                        new Seen(
                                packet.interfaceId(),
                                packet.timestampNs(),
                                packet.originalLength(),
                                packet.segment()
                                        .asSlice(packet.offset(), packet.capturedLength())
                                        .toArray(ValueLayout.JAVA_BYTE)));
            }
        }
        return seen;
    }

    @Test
    void shouldGiveEachPortAnInterface() throws IOException {
        final Path file = directory.resolve("trace");
        final MemorySegment bytes = MemorySegment.ofArray(new byte[100]);

        try (Trace trace = new Trace(file)) {
            trace.addRedirector(1, Side.INGRESS);
            trace.addRedirector(2, Side.INGRESS);
            trace.addBlade(201, "blade-1");
            trace.addRedirector(101, Side.EGRESS);
            trace.outside(101, 7, bytes, 10, 60, 64, "left");
            trace.outside(2, 8, bytes, 0, 60, 60, null);
            trace.addBlade(202, "blade-2");
            trace.backplane(1, 202, 9, bytes, 0, 50, "to");
            trace.backplane(201, 1, 10, bytes, 0, 50, "from");
            trace.backplane(1, 2, 11, bytes, 0, 50, "between");
        }

        final List<Seen> seen = read(file);
        assertEquals(List.of(3, 1, 4, 2, 5), seen.stream().map(Seen::interfaceId).toList());
        assertEquals(List.of(7L, 8L, 9L, 10L, 11L), seen.stream().map(Seen::timestampNs).toList());
        final String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        for (final String name :
                List.of(
                        "outside-a",
                        "outside-a-2",
                        "backplane-blade-1",
                        "outside-b",
                        "backplane-blade-2",
                        "backplane-redirectors")) {
            assertTrue(text.contains(name), name);
        }
        assertFalse(text.contains("outside-b-2"));
    }

    @Test
    void shouldPutBackplaneDatagramsUnderHeadersWithRightChecksums() throws IOException {
        final Path file = directory.resolve("trace");
        final byte[] datagram = new byte[61];
        datagram[60] = 3;

        try (Trace trace = new Trace(file)) {
            trace.addBlade(258, "blade-1");
            trace.backplane(1, 258, 9, MemorySegment.ofArray(datagram), 0, 61, "to");
        }

        final byte[] frame = read(file).getFirst().bytes();
        assertEquals(
                "020000000102"
                        + "020000000001"
                        + "0800"
                        + "4500"
                        + "0059"
                        + "0000"
                        + "4000"
                        + "4011",
                HexFormat.of().formatHex(frame, 0, 24));
        assertEquals(
                "c6120001" + "c6120102" + "c001" + "17c1" + "0045",
                HexFormat.of().formatHex(frame, 26, 40));
        final MemorySegment bytes = MemorySegment.ofArray(frame);
        assertEquals(0, InternetChecksum.finish(InternetChecksum.add(0, bytes, 14, 20)));
        assertEquals(
                0,
                InternetChecksum.finish(
                        InternetChecksum.add(17 + 0x45, bytes, 26, frame.length - 26)));
        assertEquals(3, frame[frame.length - 1]);
    }

    @Test
    void shouldCutDatagramsThatIpv4CannotCarry() throws IOException {
        final Path file = directory.resolve("trace");

        try (Trace trace = new Trace(file)) {
            trace.addBlade(201, "blade-1");
            trace.backplane(1, 201, 9, MemorySegment.ofArray(new byte[70_000]), 0, 70_000, null);
        }

        assertEquals(70_042, read(file).getFirst().originalLength());
        assertEquals(14 + 0xFFFF, read(file).getFirst().bytes().length);
    }
}
