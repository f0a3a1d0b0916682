package io.boomerang.sim.command;

import io.boomerang.sim.capture.PcapNgWriter;
import io.boomerang.sim.report.JsonTree;
import io.boomerang.wire.LinkType;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The packets that several nodes have taken of a flow, put into one order by their times.
final class FlowCapture {
    /// One packet at one point.
    ///
    /// @param base64 its bytes
    private record Packet(
            String node, String point, long atNs, String peer, String note, String base64) {
        /// The interface of the file.
        String where() {
            return node
                    + switch (point) {
                        case "outside-in" -> " in from outside";
                        case "backplane-out" -> " out to backplane";
                        case "backplane-in" -> " in from backplane";
                        case "outside-out" -> " out to outside";
                        default -> " " + point;
                    };
        }

        @Nullable String comment() {
            if (peer.isEmpty()) {
                return null;
            }
            return (point.equals("backplane-out") ? "to " : "from ") + peer + ": " + note;
        }
    }

    private final List<Packet> packets = new ArrayList<>();
    private final Map<String, Long> lostByNode = new HashMap<>();

    /// Takes in what a node has said.
    void add(final JsonTree node) {
        final String name = node.text("name");
        lostByNode.put(name, node.number("lost"));
        for (final JsonTree frame : node.list("frames")) {
            packets.add(
                    new Packet(
                            name,
                            frame.text("point"),
                            frame.number("at_ns"),
                            frame.text("peer"),
                            frame.text("note"),
                            frame.text("frame")));
        }
    }

    int size() {
        return packets.size();
    }

    long points() {
        return packets.stream().map(Packet::where).distinct().count();
    }

    /// Packets that nodes had no room for.
    long lost() {
        return lostByNode.values().stream().mapToLong(Long::longValue).sum();
    }

    /// Writes all of it, in the order of time.
    void write(final Path file) throws IOException {
        packets.sort(Comparator.comparingLong(Packet::atNs));
        try (PcapNgWriter writer = new PcapNgWriter(file, "boomerang capture")) {
            final Map<String, Integer> interfaces = new TreeMap<>();
            for (final Packet packet : packets) {
                if (!interfaces.containsKey(packet.where())) {
                    interfaces.put(
                            packet.where(), writer.addInterface(packet.where(), LinkType.ETHERNET));
                }
            }
            for (final Packet packet : packets) {
                final byte[] bytes = Base64.getDecoder().decode(packet.base64());
                writer.write(
                        interfaces.getOrDefault(packet.where(), 0),
                        packet.atNs(),
                        MemorySegment.ofArray(bytes),
                        0,
                        bytes.length,
                        bytes.length,
                        packet.comment());
            }
        }
    }
}
