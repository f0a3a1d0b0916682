package io.boomerang.sim.command;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Judges a steering log by a capture without any of the project's code: all whole TCP and UDP
/// packets over IPv4 between two endpoints must have met one blade, and every packet has one row.
final class TupleJudge {
    private static final int FILE_HEADER = 24;
    private static final int RECORD_HEADER = 16;
    private static final int ETHERNET = 14;

    private TupleJudge() {}

    /// How many flows were judged.
    static int judge(final Path capture, final Path log) throws IOException {
        final Map<Integer, String> bladeByPacket = read(log);
        final ByteBuffer file =
                ByteBuffer.wrap(Files.readAllBytes(capture)).order(ByteOrder.LITTLE_ENDIAN);
        final Map<Set<String>, String> bladeByFlow = new HashMap<>();
        int at = FILE_HEADER;
        int number = 0;
        while (at < file.capacity()) {
            final int length = file.getInt(at + 8);
            final int frame = at + RECORD_HEADER;
            number++;
            final String blade = bladeByPacket.remove(number);
            if (blade == null) {
                throw new AssertionError("packet " + number + " has no row");
            }
            final Set<String> flow = flow(file, frame);
            if (!flow.isEmpty()) {
                final String before = bladeByFlow.putIfAbsent(flow, blade);
                if (before != null && !before.equals(blade)) {
                    throw new AssertionError(
                            "packet " + number + " met " + blade + ", its flow " + before);
                }
            }
            at = frame + length;
        }
        if (!bladeByPacket.isEmpty()) {
            throw new AssertionError("rows without a packet: " + bladeByPacket);
        }
        return bladeByFlow.size();
    }

    private static Map<Integer, String> read(final Path log) throws IOException {
        final List<String> lines = Files.readAllLines(log);
        if (!lines.getFirst().equals("packet,blade")) {
            throw new AssertionError("header " + lines.getFirst());
        }
        final Map<Integer, String> blades = new HashMap<>();
        for (final String line : lines.subList(1, lines.size())) {
            final String[] fields = line.split(",", -1);
            if (blades.put(Integer.valueOf(fields[0]), fields[1]) != null) {
                throw new AssertionError("two rows of packet " + fields[0]);
            }
        }
        return blades;
    }

    /// Both endpoints; empty for what is not judged.
    private static Set<String> flow(final ByteBuffer file, final int frame) {
        final int ip = frame + ETHERNET;
        final boolean isIpv4 = file.get(frame + 12) == 0x08 && file.get(frame + 13) == 0;
        if (!isIpv4) {
            return Set.of();
        }
        final int protocol = file.get(ip + 9);
        final int fragment = (file.get(ip + 6) & 0x3F) << 8 | file.get(ip + 7) & 0xFF;
        if (protocol != 6 && protocol != 17 || fragment != 0) {
            return Set.of();
        }
        final int transport = ip + (file.get(ip) & 0xF) * 4;
        final Set<String> endpoints = new HashSet<>();
        endpoints.add(protocol + " " + hex(file, ip + 12, 4) + ":" + hex(file, transport, 2));
        endpoints.add(protocol + " " + hex(file, ip + 16, 4) + ":" + hex(file, transport + 2, 2));
        return endpoints;
    }

    private static String hex(final ByteBuffer file, final int at, final int length) {
        final byte[] bytes = new byte[length];
        file.get(at, bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
