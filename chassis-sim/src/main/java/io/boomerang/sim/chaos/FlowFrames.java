package io.boomerang.sim.chaos;

import io.boomerang.flow.FlowKey;
import io.boomerang.sim.traffic.TupleFrames;

import java.lang.foreign.MemorySegment;

/// The frames of the flows of a plan: TCP or UDP, one client address and port for each flow.
final class FlowFrames {
    static final int SYN = 0x02;
    static final int RST = 0x04;
    static final int ACK = 0x10;

    private static final int CLIENT = 0x0A01_0000;
    private static final int SERVER = 0x0A02_0001;
    private static final int CLIENT_PORT = 40_000;
    private static final int SERVER_PORT = 443;

    private final TupleFrames frames = new TupleFrames();

    /// Writes a frame of the flow.
    ///
    /// @param forward from its opener to the other end
    /// @param tcpFlags of a connection's segment
    void write(final ChaosEvent.Flow flow, final boolean forward, final int tcpFlags) {
        final int client = CLIENT + flow.number();
        final int clientPort = CLIENT_PORT + flow.number();
        final int from = forward ? client : SERVER;
        final int fromPort = forward ? clientPort : SERVER_PORT;
        final int to = forward ? SERVER : client;
        final int toPort = forward ? SERVER_PORT : clientPort;
        if (flow.connection()) {
            frames.writeTcp(from, fromPort, to, toPort, tcpFlags);
        } else {
            frames.writeUdp(from, fromPort, to, toPort);
        }
    }

    MemorySegment frame() {
        return frames.frame();
    }

    int length() {
        return frames.length();
    }

    /// The key of the frame that was written last.
    FlowKey key() {
        return frames.key();
    }
}
