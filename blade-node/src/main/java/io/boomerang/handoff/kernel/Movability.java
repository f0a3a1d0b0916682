package io.boomerang.handoff.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.boomerang.linux.Errno;
import io.boomerang.linux.SystemCallException;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;

/// Whether a connection can go on elsewhere without losing anything. Looks only: the connection
/// goes on meanwhile.
final class Movability {
    private static final int LONGEST_NAME = 16;

    private final SocketCalls calls;
    private final int descriptor;
    private final PacketWitness witness;
    private int packetsInOrder;

    Movability(final SocketCalls calls, final int descriptor, final PacketWitness witness) {
        this.calls = calls;
        this.descriptor = descriptor;
        this.witness = witness;
    }

    /// Why the connection has to stay; null if it can go.
    @Nullable String refusal() throws SystemCallException {
        final int protocol =
                calls.intOption(
                        descriptor, SocketConstants.SOL_SOCKET, SocketConstants.SO_PROTOCOL);
        if (protocol != SocketConstants.IPPROTO_TCP) {
            return protocol == SocketConstants.IPPROTO_MPTCP
                    ? "Multipath TCP has further paths that cannot be moved"
                    : "protocol is " + protocol + ", not TCP";
        }
        final TcpInfo info = TcpInfo.of(calls, descriptor);
        if (!info.isMovable()) {
            return "connection is in " + info.stateName() + ", not ESTABLISHED or CLOSE-WAIT";
        }
        if (info.ecn()) {
            return "congestion notification (ECN) was agreed on and cannot be put back";
        }
        final String layer = upperLayer();
        if (layer != null) {
            return "the kernel runs \"" + layer + "\" on the connection";
        }
        final String option = hiddenState();
        return option != null ? option : disorder(info);
    }

    /// Kernel TLS and its like.
    private @Nullable String upperLayer() {
        final int length =
                calls.tryOption(
                        descriptor,
                        SocketConstants.IPPROTO_TCP,
                        SocketConstants.TCP_ULP,
                        LONGEST_NAME);
        if (length <= 0) {
            return null;
        }
        final byte[] name = calls.scratch().asSlice(0, length).toArray(JAVA_BYTE);
        return new String(name, StandardCharsets.US_ASCII).replace("\0", "");
    }

    private @Nullable String hiddenState() throws SystemCallException {
        calls.scratch().asSlice(0, SocketCalls.SCRATCH_BYTES).fill((byte) 0);
        final int authentication =
                calls.tryOption(
                        descriptor,
                        SocketConstants.IPPROTO_TCP,
                        SocketConstants.TCP_AO_INFO,
                        SocketCalls.SCRATCH_BYTES);
        if (authentication >= 0) {
            return "segments are authenticated (TCP-AO) with keys that do not travel";
        }
        final int filter =
                calls.tryOption(
                        descriptor, SocketConstants.SOL_SOCKET, SocketConstants.SO_GET_FILTER, 0);
        if (filter != 0) {
            return "the application has attached a packet filter";
        }
        final long urgent =
                calls.receive(
                        descriptor,
                        calls.scratch(),
                        1,
                        SocketConstants.MSG_OOB
                                | SocketConstants.MSG_PEEK
                                | SocketConstants.MSG_DONTWAIT);
        if (urgent > 0 || urgent == -Errno.EAGAIN) {
            return "urgent data waits";
        }
        final InetAddress host = calls.localName(descriptor).getAddress();
        return host.isLinkLocalAddress()
                ? "address " + host.getHostAddress() + " means nothing on another blade"
                : null;
    }

    /// Data that came out of order was perhaps acknowledged selectively, and would be lost. The
    /// kernel does not say whether any waits. It is certain that none does if none ever came, if
    /// both queues together take no memory, or if the kernel was handed nothing but what it has in
    /// order.
    private @Nullable String disorder(final TcpInfo info) throws SystemCallException {
        if (info.outOfOrderPackets() == 0) {
            return null;
        }
        calls.option(
                descriptor,
                SocketConstants.SOL_SOCKET,
                SocketConstants.SO_MEMINFO,
                SocketCalls.SCRATCH_BYTES);
        final int receiveMemory = calls.scratch().get(JAVA_INT, 0);
        if (receiveMemory == 0
                || witness.endsAt(
                        calls.localName(descriptor), calls.peerName(descriptor), receiveNext())) {
            packetsInOrder = info.outOfOrderPackets();
            return null;
        }
        return calls.queueLength(descriptor, SocketConstants.SIOCINQ) == 0
                ? "data came out of order and waits for what is missing"
                : "data came out of order before, and perhaps some waits behind what is unread";
    }

    /// The same, of the packets that were taken since {@link #refusal}, once no more are.
    @Nullable String lateDisorder(final TcpInfo info) {
        return info.outOfOrderPackets() == packetsInOrder
                ? null
                : "data came out of order at this moment";
    }

    /// The number behind the last byte that was received in order. Only repair tells it; packets
    /// come and go meanwhile, as none of the queues to send is selected.
    private int receiveNext() throws SystemCallException {
        final int reuse =
                calls.intOption(
                        descriptor, SocketConstants.SOL_SOCKET, SocketConstants.SO_REUSEADDR);
        set(SocketConstants.TCP_REPAIR, SocketConstants.TCP_REPAIR_ON);
        try {
            set(SocketConstants.TCP_REPAIR_QUEUE, SocketConstants.RECEIVE_QUEUE);
            return calls.intOption(
                    descriptor, SocketConstants.IPPROTO_TCP, SocketConstants.TCP_QUEUE_SEQ);
        } finally {
            set(SocketConstants.TCP_REPAIR, SocketConstants.TCP_REPAIR_OFF_SILENTLY);
            // Repair forces the address to be reusable, and its end forbids it.
            calls.setIntOption(
                    descriptor,
                    SocketConstants.SOL_SOCKET,
                    SocketConstants.SO_REUSEADDR,
                    reuse == 0 ? 0 : 1);
        }
    }

    private void set(final int option, final int value) throws SystemCallException {
        calls.setIntOption(descriptor, SocketConstants.IPPROTO_TCP, option, value);
    }
}
