package io.boomerang.sim.chaos;

import io.boomerang.flow.ChecksumRepair;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.FlowParser;
import io.boomerang.flow.FlowRules;
import io.boomerang.flow.ParsedPacket;
import io.boomerang.wire.NetworkOrder;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The frames of the flows of a plan: Ethernet, IPv4, TCP or UDP, one client address and port for
/// each flow.
final class FlowFrames {
    static final int SYN = 0x02;
    static final int RST = 0x04;
    static final int ACK = 0x10;

    private static final int ETHERNET = 14;
    private static final int IPV4 = 20;
    private static final int TCP_HEADER = 20;
    private static final int UDP_HEADER = 8;
    private static final int PAYLOAD = 16;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int CLIENT = 0x0A01_0000;
    private static final int SERVER = 0x0A02_0001;
    private static final int CLIENT_PORT = 40_000;
    private static final int SERVER_PORT = 443;

    private final MemorySegment frame = Arena.ofAuto().allocate(128, Long.BYTES);
    private final FlowParser parser = new FlowParser(FlowRules.DEFAULTS);
    private final ParsedPacket packet = new ParsedPacket();
    private int length;

    /// Writes a frame of the flow.
    ///
    /// @param forward from its opener to the other end
    /// @param tcpFlags of a connection's segment
    void write(final ChaosEvent.Flow flow, final boolean forward, final int tcpFlags) {
        final int client = CLIENT + flow.number();
        final int clientPort = CLIENT_PORT + flow.number();
        final int transport = flow.connection() ? TCP_HEADER : UDP_HEADER;
        length = ETHERNET + IPV4 + transport + PAYLOAD;
        frame.fill((byte) 0);
        frame.set(NetworkOrder.SHORT, 12, (short) 0x0800);
        frame.set(NetworkOrder.SHORT, ETHERNET, (short) 0x4500);
        frame.set(NetworkOrder.SHORT, ETHERNET + 2, (short) (length - ETHERNET));
        frame.set(NetworkOrder.BYTE, ETHERNET + 8, (byte) 64);
        frame.set(NetworkOrder.BYTE, ETHERNET + 9, (byte) (flow.connection() ? TCP : UDP));
        frame.set(NetworkOrder.INT, ETHERNET + 12, forward ? client : SERVER);
        frame.set(NetworkOrder.INT, ETHERNET + 16, forward ? SERVER : client);
        final int at = ETHERNET + IPV4;
        frame.set(NetworkOrder.SHORT, at, (short) (forward ? clientPort : SERVER_PORT));
        frame.set(NetworkOrder.SHORT, at + 2, (short) (forward ? SERVER_PORT : clientPort));
        if (flow.connection()) {
            frame.set(NetworkOrder.BYTE, at + 12, (byte) (TCP_HEADER / 4 << 4));
            frame.set(NetworkOrder.BYTE, at + 13, (byte) tcpFlags);
        } else {
            frame.set(NetworkOrder.SHORT, at + 4, (short) (UDP_HEADER + PAYLOAD));
        }
        parser.parse(frame, 0, length, packet);
        ChecksumRepair.repair(frame, 0, length, packet);
    }

    MemorySegment frame() {
        return frame;
    }

    int length() {
        return length;
    }

    /// The key of the frame that was written last.
    FlowKey key() {
        return packet.key();
    }
}
