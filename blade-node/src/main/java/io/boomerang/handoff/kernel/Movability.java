package io.boomerang.handoff.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.boomerang.linux.Errno;
import io.boomerang.linux.SystemCallException;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;

/// Whether a connection can go on elsewhere without losing anything. Looks only; touches nothing.
final class Movability {
    private static final int LONGEST_NAME = 16;

    private final SocketCalls calls;

    Movability(final SocketCalls calls) {
        this.calls = calls;
    }

    /// Why the connection has to stay; null if it can go.
    @Nullable String refusal(final int descriptor) throws SystemCallException {
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
        final String layer = upperLayer(descriptor);
        if (layer != null) {
            return "the kernel runs \"" + layer + "\" on the connection";
        }
        final String option = hiddenState(descriptor);
        return option != null ? option : disorder(descriptor, info);
    }

    /// Kernel TLS and its like.
    private @Nullable String upperLayer(final int descriptor) {
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

    private @Nullable String hiddenState(final int descriptor) throws SystemCallException {
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
    /// kernel tells how much memory both queues take together, so with data to read it can only be
    /// told that nothing ever came out of order.
    @Nullable String disorder(final int descriptor, final TcpInfo info) throws SystemCallException {
        if (info.outOfOrderPackets() == 0) {
            return null;
        }
        calls.option(
                descriptor,
                SocketConstants.SOL_SOCKET,
                SocketConstants.SO_MEMINFO,
                SocketCalls.SCRATCH_BYTES);
        final int receiveMemory = calls.scratch().get(JAVA_INT, 0);
        if (receiveMemory == 0) {
            return null;
        }
        return calls.queueLength(descriptor, SocketConstants.SIOCINQ) == 0
                ? "data came out of order and waits for what is missing"
                : "data came out of order before, and perhaps some waits behind what is unread";
    }
}
