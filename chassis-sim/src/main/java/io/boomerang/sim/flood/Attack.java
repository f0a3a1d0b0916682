package io.boomerang.sim.flood;

import io.boomerang.sim.traffic.TupleFrames;
import io.boomerang.wire.TcpHeader;

/// What an attacker sends, each packet from a source of its own that is not there, and how servers
/// answer it.
public enum Attack {
    /// Opens connections that never go on. Servers answer each SYN once, as with SYN cookies.
    SYN(TcpHeader.SYN, TcpHeader.SYN | TcpHeader.ACK),
    /// Segments of connections that nobody has. Servers answer with a reset.
    ACK(TcpHeader.ACK, TcpHeader.RST),
    /// Datagrams, each of a flow of its own. Servers answer each once.
    UDP(0, 0);

    private static final int SERVER = 0x0A02_0001;
    private static final int SERVERS = 8;
    private static final int SERVER_PORT = 443;

    private final int flags;
    private final int answerFlags;

    Attack(final int flags, final int answerFlags) {
        this.flags = flags;
        this.answerFlags = answerFlags;
    }

    /// Writes the packet of that number, or the answer to it.
    ///
    /// @param seed of the sources
    void write(final TupleFrames frames, final long seed, final long number, final boolean answer) {
        final long source = mix(seed + number * 0x9E3779B97F4A7C15L);
        final int address = (int) (source >>> 32) | 0x8000_0000; // apart from clients and servers
        final int port = 1_024 + (int) (source & 0x7FFF);
        final int server = SERVER + (int) (number % SERVERS);
        if (this == UDP) {
            if (answer) {
                frames.writeUdp(server, SERVER_PORT, address, port);
            } else {
                frames.writeUdp(address, port, server, SERVER_PORT);
            }
        } else if (answer) {
            frames.writeTcp(server, SERVER_PORT, address, port, answerFlags);
        } else {
            frames.writeTcp(address, port, server, SERVER_PORT, flags);
        }
    }

    /// The finalizer of SplitMix64.
    private static long mix(final long word) {
        long mixed = (word ^ word >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }
}
