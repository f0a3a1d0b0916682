package io.boomerang.sim.report;

import io.boomerang.flow.Side;
import io.boomerang.sim.capture.PcapNgWriter;
import io.boomerang.wire.LinkType;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/// What crossed the ports of a chassis, as a pcapng file: an interface for each outside port and
/// one for the backplane side of each blade, `outside-a`, `backplane-blade-1`, `outside-b`, and a
/// comment per packet. Datagrams of the backplane get the headers that they would travel under. A
/// datagram from redirector to redirector is on `backplane-redirectors`. One thread.
public final class Trace implements AutoCloseable {
    private final PcapNgWriter writer;
    private final BackplaneEnvelope envelope = new BackplaneEnvelope();
    private final Map<Integer, Integer> outsideByNode = new HashMap<>();
    private final Map<Integer, Integer> bladeByNode = new HashMap<>();
    private final Map<Side, Integer> portsOfSide = new EnumMap<>(Side.class);
    private int betweenRedirectors = -1;

    /// Opens the file, replacing one that is there.
    public Trace(final Path file) throws IOException {
        writer = new PcapNgWriter(file, "Boomerang");
    }

    /// The outside port of a redirector; the second one of a side is called `outside-a-2`.
    public void addRedirector(final int node, final Side side) throws IOException {
        final int ordinal = portsOfSide.merge(side, 1, Integer::sum);
        final String name = side == Side.INGRESS ? "outside-a" : "outside-b";
        outsideByNode.put(
                node,
                writer.addInterface(ordinal == 1 ? name : name + "-" + ordinal, LinkType.ETHERNET));
    }

    /// The backplane side of a blade, from the start or added later.
    public void addBlade(final int node, final String name) throws IOException {
        bladeByNode.put(node, writer.addInterface("backplane-" + name, LinkType.ETHERNET));
    }

    /// A frame that enters or leaves by the outside port of a redirector.
    public void outside(
            final int node,
            final long timestampNs,
            final MemorySegment frame,
            final long offset,
            final int length,
            final int originalLength,
            final @Nullable String comment)
            throws IOException {
        final Integer port = outsideByNode.get(node);
        if (port == null) {
            throw new IllegalArgumentException("node " + node + " is no redirector of this trace");
        }
        writer.write(port, timestampNs, frame, offset, length, originalLength, comment);
    }

    /// A datagram, from its GENEVE header on, that crosses the backplane.
    public void backplane(
            final int fromNode,
            final int toNode,
            final long timestampNs,
            final MemorySegment datagram,
            final long offset,
            final int length,
            final @Nullable String comment)
            throws IOException {
        final int port = backplanePort(fromNode, toNode);
        envelope.seal(fromNode, toNode, datagram, offset, length);
        writer.write(
                port,
                timestampNs,
                envelope.frame(),
                0,
                envelope.length(),
                envelope.originalLength(),
                comment);
    }

    private int backplanePort(final int fromNode, final int toNode) throws IOException {
        final Integer to = bladeByNode.get(toNode);
        if (to != null) {
            return to;
        }
        final Integer from = bladeByNode.get(fromNode);
        if (from != null) {
            return from;
        }
        if (betweenRedirectors < 0) {
            betweenRedirectors = writer.addInterface("backplane-redirectors", LinkType.ETHERNET);
        }
        return betweenRedirectors;
    }

    @Override
    public void close() throws IOException {
        try (envelope) {
            writer.close();
        }
    }
}
