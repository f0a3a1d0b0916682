package io.boomerang.sim.handoff;

import io.boomerang.flow.FlowParser;
import io.boomerang.flow.FlowRules;
import io.boomerang.flow.ParsedPacket;
import io.boomerang.wire.IpProtocol;
import io.boomerang.wire.TcpHeader;

import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Set;

/// Looks at every frame of one connection of a client, as a capture at its interface would have it.
final class ClientWatch implements KernelChassis.FrameWatch {
    private static final int SERVER_PORT = new VirtualService(80).at(false).getPort();

    private final FlowParser parser = new FlowParser(FlowRules.DEFAULTS);
    private final ParsedPacket packet = new ParsedPacket();
    private final TcpHeader tcp = new TcpHeader();
    private final Set<Integer> handshakes = new HashSet<>();
    private long resets;
    private int clientPort;
    private int clientFirst;
    private int clientSent;
    private int clientHeard;
    private int clientWindow;
    private int clientAcknowledged;
    private int serverSent;

    /// The next connection that begins is the one to look at.
    void forget() {
        handshakes.clear();
        resets = 0;
        clientPort = 0;
    }

    @Override
    public void onFrame(final MemorySegment frame, final long offset, final int length) {
        parser.parse(frame, offset, length, packet);
        if (!packet.hasKey()
                || packet.protocol() != IpProtocol.TCP
                || !tcp.wrap(frame, offset + packet.transportOffset(), offset + length)) {
            return;
        }
        final int flags = tcp.flags();
        final boolean isOfClient = tcp.destinationPort() == SERVER_PORT;
        if (clientPort == 0 && isOfClient && flags == TcpHeader.SYN) {
            clientPort = tcp.sourcePort();
        }
        if (clientPort == (isOfClient ? tcp.sourcePort() : tcp.destinationPort())) {
            resets += (flags & TcpHeader.RST) != 0 ? 1 : 0;
            look(flags, packet.endOffset() - packet.transportOffset() - tcp.headerLength());
        }
    }

    private void look(final int flags, final int payload) {
        final int end =
                tcp.sequence() + payload + ((flags & (TcpHeader.SYN | TcpHeader.FIN)) != 0 ? 1 : 0);
        if (tcp.destinationPort() == SERVER_PORT) {
            if ((flags & TcpHeader.SYN) != 0) {
                handshakes.add(tcp.sequence());
                clientFirst = end;
                clientSent = end;
            }
            clientSent = end - clientSent > 0 ? end : clientSent;
            clientAcknowledged = tcp.acknowledgment();
            clientWindow = tcp.window();
        } else {
            final boolean isFirst = (flags & TcpHeader.SYN) != 0;
            serverSent = isFirst || end - serverSent > 0 ? end : serverSent;
            clientHeard = tcp.acknowledgment();
        }
    }

    /// Bytes that the client has sent.
    int sent() {
        return clientSent - clientFirst;
    }

    /// Bytes of the client that a blade's kernel has acknowledged; its FIN counts as one.
    int acknowledged() {
        return clientHeard - clientFirst;
    }

    /// Whether the client has acknowledged all that came out of the chassis.
    boolean hasClientAll() {
        return clientAcknowledged == serverSent;
    }

    /// How many bytes more the client's window lets the server send.
    ///
    /// @param scale of the window, as the client has said it
    int room(final int scale) {
        return clientAcknowledged + (clientWindow << scale) - serverSent;
    }

    /// Handshakes that the client began; repetitions count once.
    int handshakes() {
        return handshakes.size();
    }

    /// By whomever.
    long resets() {
        return resets;
    }
}
