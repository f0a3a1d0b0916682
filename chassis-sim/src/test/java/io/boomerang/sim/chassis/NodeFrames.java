package io.boomerang.sim.chassis;

import io.boomerang.flow.ChecksumRepair;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.FlowParser;
import io.boomerang.flow.FlowRules;
import io.boomerang.flow.ParsedPacket;
import io.boomerang.wire.NetworkOrder;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Frames of numbered UDP flows: Ethernet, IPv4, a client port for each.
final class NodeFrames {
    private static final int ETHERNET = 14;
    private static final int IPV4 = 20;
    private static final int LENGTH = ETHERNET + IPV4 + 8 + 18;
    private static final int PORTS = 50_000;

    private final MemorySegment frame = Arena.ofAuto().allocate(LENGTH, Long.BYTES);
    private final FlowParser parser = new FlowParser(FlowRules.DEFAULTS);
    private final ParsedPacket packet = new ParsedPacket();

    /// Writes a frame of the flow; answers its key.
    ///
    /// @param up from the client to the server
    FlowKey write(final int flow, final boolean up) {
        final int client = 0x0A01_0000 + flow / PORTS;
        final int server = 0x0A02_0001;
        final int clientPort = 10_000 + flow % PORTS;
        final int serverPort = 4_000;
        frame.fill((byte) 0);
        frame.set(NetworkOrder.SHORT, 12, (short) 0x0800);
        frame.set(NetworkOrder.SHORT, ETHERNET, (short) 0x4500);
        frame.set(NetworkOrder.SHORT, ETHERNET + 2, (short) (LENGTH - ETHERNET));
        frame.set(NetworkOrder.BYTE, ETHERNET + 8, (byte) 64);
        frame.set(NetworkOrder.BYTE, ETHERNET + 9, (byte) 17);
        frame.set(NetworkOrder.INT, ETHERNET + 12, up ? client : server);
        frame.set(NetworkOrder.INT, ETHERNET + 16, up ? server : client);
        final int udp = ETHERNET + IPV4;
        frame.set(NetworkOrder.SHORT, udp, (short) (up ? clientPort : serverPort));
        frame.set(NetworkOrder.SHORT, udp + 2, (short) (up ? serverPort : clientPort));
        frame.set(NetworkOrder.SHORT, udp + 4, (short) (LENGTH - ETHERNET - IPV4));
        parser.parse(frame, 0, LENGTH, packet);
        ChecksumRepair.repair(frame, 0, LENGTH, packet);
        return packet.key().copy();
    }

    MemorySegment frame() {
        return frame;
    }

    int length() {
        return LENGTH;
    }
}
