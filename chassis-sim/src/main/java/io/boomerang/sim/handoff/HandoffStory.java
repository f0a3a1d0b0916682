package io.boomerang.sim.handoff;

import io.boomerang.backplane.Purpose;
import io.boomerang.flow.FlowKey;
import io.boomerang.handoff.ConnectionBlob;
import io.boomerang.handoff.ConnectionState;
import io.boomerang.redirector.steering.SteeringObserver;
import io.boomerang.transfer.TransferDatagram;

import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.Locale;

/// Tells what happens to connections that move, as it happens.
final class HandoffStory implements StackObserver, SteeringObserver {
    private static final double NS_PER_MS = 1e6;
    private static final double NS_PER_US = 1e3;

    /// How long after a move its last effects are waited for.
    private static final long REPORT_NS = 2_000_000;

    private static final int FIRST_REDIRECTOR = 1;
    private static final int BEFORE_FIRST_BLADE = 10;

    private final PrintWriter out;
    private final Schedule schedule;
    private long startNs;
    private long frozenNs;
    private long heardNs;
    private long longestNs;
    private boolean isMoving;
    private boolean isCommitted;
    private boolean isHeldTold;
    private int frameLength;
    private int held;
    private long heldBytes;
    private int handshakes;
    private int moves;

    HandoffStory(final PrintWriter out, final Schedule schedule) {
        this.out = out;
        this.schedule = schedule;
    }

    static String name(final int node) {
        if (node == FIRST_REDIRECTOR) {
            return "ingress-1";
        }
        return node > BEFORE_FIRST_BLADE ? "blade-" + (node - BEFORE_FIRST_BLADE) : "egress-1";
    }

    private void tell(final String who, final String what) {
        out.printf(
                Locale.ROOT,
                "  %9.3f ms  %-9s  %s%n",
                (schedule.nowNs() - startNs) / NS_PER_MS,
                who,
                what);
        out.flush();
    }

    private static String count(final long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String text(final InetSocketAddress address) {
        final String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    private static String us(final long ns) {
        return String.format(Locale.ROOT, "%,.0f us", ns / NS_PER_US);
    }

    // The client

    void begin(
            final InetSocketAddress from,
            final InetSocketAddress to,
            final String requestLine,
            final long bodyBytes) {
        startNs = schedule.nowNs();
        heardNs = startNs;
        out.println();
        out.println(
                requestLine
                        + (bodyBytes == 0 ? "" : ", " + count(bodyBytes) + " bytes")
                        + ", "
                        + text(from)
                        + " to "
                        + text(to));
        tell("client", "SYN");
    }

    void onClientFrame(final int length) {
        frameLength = length;
    }

    /// A frame has come to the client.
    void onHeard() {
        final long nowNs = schedule.nowNs();
        final long silenceNs = nowNs - heardNs;
        heardNs = nowNs;
        if (isMoving) {
            longestNs = Math.max(longestNs, silenceNs);
        }
    }

    void answered(final String how) {
        reportSilence();
        tell("client", how);
    }

    void verify(
            final HttpClient client, final String sent, final String received, final int resets) {
        final double seconds = (schedule.nowNs() - startNs) / (NS_PER_MS * 1_000);
        out.println();
        out.printf(Locale.ROOT, "sent            %,15d bytes  SHA-256 %s%n", client.sent(), sent);
        out.printf(
                Locale.ROOT,
                "received        %,15d bytes  SHA-256 %s%n",
                client.received(),
                received);
        out.printf(
                Locale.ROOT,
                "the client saw  %d handshakes for 2 connections, %d resets; it repeated %d"
                        + " segments; %.0f Mbit/s each way%n",
                handshakes,
                resets,
                client.repeated(),
                client.received() * Byte.SIZE / seconds / 1e6);
    }

    // The classifier

    void classified(final int node, final HttpConnection connection) {
        tell(
                name(node),
                "classifier: \""
                        + connection.requestLine()
                        + "\" is for service "
                        + connection.service());
    }

    @Override
    public void onAccepted(final int node, final FlowKey key) {
        handshakes++;
        tell(name(node), "answers the SYN, reads what the client says first");
    }

    @Override
    public void onFrozen(
            final int node,
            final FlowKey key,
            final ConnectionState state,
            final int host,
            final long nowNs) {
        isMoving = true;
        isHeldTold = false;
        isCommitted = false;
        frozenNs = nowNs;
        longestNs = 0;
        held = 0;
        heldBytes = 0;
        tell(
                name(node),
                "the connection stands still; to "
                        + name(host)
                        + " in a blob of "
                        + count(ConnectionBlob.encodedLength(state))
                        + " bytes:");
        tell(
                "",
                count(state.unacknowledged().length())
                        + " sent and not acknowledged, "
                        + count(state.unsent().length())
                        + " to be sent, "
                        + count(state.unread().length())
                        + " not read, "
                        + count(state.alreadyRead().length())
                        + " read already, "
                        + count(state.applicationState().length())
                        + " of the application");
    }

    // The forwarder and the host

    /// A datagram of a transfer arrives at a node.
    void onTransfer(final int node, final TransferDatagram datagram) {
        if (node != FIRST_REDIRECTOR) {
            return;
        }
        if (datagram.type() == TransferDatagram.CHUNK && !isHeldTold) {
            isHeldTold = true;
            tell(name(node), "forwarder: holds the client's packets from here on");
        } else if (datagram.type() == TransferDatagram.READY && !isCommitted) {
            isCommitted = true;
            tell(
                    name(node),
                    "the session is "
                            + name(datagram.host())
                            + "'s now: COMMIT, and "
                            + count(held)
                            + " packets go there that waited ("
                            + count(heldBytes)
                            + " bytes)");
        }
    }

    @Override
    public void onHeld(
            final int redirector,
            final long packetNumber,
            final Purpose waitingFor,
            final long nowNs) {
        if (waitingFor == Purpose.TRANSFER) {
            held++;
            heldBytes += frameLength;
        }
    }

    @Override
    public void onPrepared(final int node, final FlowKey key, final long nowNs) {
        tell(name(node), "has all of it, and has built the connection up, silently: READY");
    }

    @Override
    public void onLive(final int node, final FlowKey key, final long nowNs) {
        moves++;
        tell(
                name(node),
                "the connection is live here, " + us(nowNs - frozenNs) + " after it was frozen");
    }

    @Override
    public void onFirstSegment(final int node, final FlowKey key, final long nowNs) {
        tell(
                name(node),
                "takes the first packet of the client, "
                        + us(nowNs - frozenNs)
                        + " after it was frozen");
    }

    @Override
    public void onGiven(final int node, final FlowKey key) {
        tell(name(node), "has heard that it is given: forgets the connection");
        final int move = moves;
        schedule.after(
                REPORT_NS,
                () -> {
                    if (move == moves) {
                        reportSilence();
                    }
                });
    }

    /// Once for each move.
    private void reportSilence() {
        if (isMoving) {
            isMoving = false;
            tell("client", "heard nothing for " + us(longestNs) + " at most meanwhile");
        }
    }

    @Override
    public void onKept(final int node, final FlowKey key, final long nowNs) {
        isMoving = false;
        tell(name(node), "the connection stays here");
    }

    @Override
    public void onLost(final int node, final FlowKey key, final long nowNs) {
        tell(name(node), "nobody knows whose the connection is: it is reset");
    }

    @Override
    public void onStray(final int node, final FlowKey key, final long nowNs) {
        tell(name(node), "a packet of a connection that is unknown here: reset");
    }

    /// Connections that changed their blade.
    int moves() {
        return moves;
    }

    /// Connections that a blade answered the SYN of.
    int handshakes() {
        return handshakes;
    }
}
