package io.boomerang.conntrack;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.boomerang.conntrack.ConntrackMessage.Kind;
import io.boomerang.flow.FlowKey;
import io.boomerang.linux.Errno;
import io.boomerang.linux.NetworkNamespace;
import io.boomerang.linux.SystemCallException;
import io.boomerang.linux.SystemCalls;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Hears a kernel's connection tracking, in one network namespace, and asks it. Used by the thread
/// that opened it; nothing here blocks.
///
/// An event is in the socket before the packet that brought it about leaves the namespace: who
/// takes frames first and events then knows of every frame's connection. When the socket's buffer
/// was full events are lost. Then all connections are asked for, a bounded part at a time, and
/// meanwhile a single one can be asked for by its tuple.
public final class ConntrackSocket implements AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(ConntrackSocket.class);

    // sys/socket.h, linux/netlink.h
    private static final short AF_NETLINK = 16;
    private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private static final int NETLINK_NETFILTER = 12;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUF = 8;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int MSG_DONTWAIT = 0x40;

    /// `struct sockaddr_nl`: family, port, groups.
    private static final int ADDRESS_BYTES = 12;

    private static final int ADDRESS_GROUPS = 8;

    /// NFNLGRP_CONNTRACK_NEW, UPDATE, DESTROY, EXP_NEW, EXP_UPDATE, EXP_DESTROY: 1 to 6
    /// (linux/netfilter/nfnetlink.h), a bit each from bit 0 on.
    private static final int GROUPS = 0x3F;

    /// A dump fills what it is given, up to 32 KiB (net/netlink/af_netlink.c).
    private static final int BUFFER_BYTES = 1 << 16;

    private static final int EVENT_BUFFER_BYTES = 1 << 24;

    private final Arena arena = Arena.ofConfined();
    private final SystemCalls calls = new SystemCalls(arena);
    private final MemorySegment buffer = arena.allocate(BUFFER_BYTES, Long.BYTES);
    private final MemorySegment request = arena.allocate(TupleRequest.MAX_BYTES, Long.BYTES);
    private final ConntrackMessage message = new ConntrackMessage();
    private final int events;
    private final int answers;
    private final int dump;

    private boolean dumpWanted = true;
    private boolean dumping;
    private long eventCount;
    private long malformed;
    private long overruns;
    private long dumps;
    private long questions;
    private long unknown;

    private ConntrackSocket() throws SystemCallException {
        int opened = -1;
        int second = -1;
        try {
            opened = calls.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_NETFILTER);
            enlarge(opened);
            bind(opened, GROUPS);
            second = calls.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_NETFILTER);
            bind(second, 0);
            dump = calls.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_NETFILTER);
            bind(dump, 0);
        } catch (final SystemCallException e) {
            if (opened >= 0) {
                calls.close(opened);
            }
            if (second >= 0) {
                calls.close(second);
            }
            arena.close();
            throw e;
        }
        events = opened;
        answers = second;
    }

    /// Opens a socket to the kernel in this thread's network namespace.
    ///
    /// @throws SystemCallException when the kernel has no connection tracking that speaks netlink,
    ///   or this process lacks CAP_NET_ADMIN
    public static ConntrackSocket open() throws SystemCallException {
        return new ConntrackSocket();
    }

    /// Opens a socket to the kernel in another network namespace, which needs CAP_SYS_ADMIN.
    ///
    /// @param namespace as {@link NetworkNamespace#enter} takes it
    public static ConntrackSocket openIn(final String namespace) throws IOException {
        try (NetworkNamespace _ = NetworkNamespace.enter(namespace)) {
            return new ConntrackSocket();
        }
    }

    private void enlarge(final int socket) throws SystemCallException {
        try {
            calls.setOption(
                    socket, SOL_SOCKET, SO_RCVBUFFORCE, "SO_RCVBUFFORCE", EVENT_BUFFER_BYTES);
        } catch (final SystemCallException e) {
            LOG.info("conntrack: {}; the system's limit holds", e.getMessage());
            calls.setOption(socket, SOL_SOCKET, SO_RCVBUF, "SO_RCVBUF", EVENT_BUFFER_BYTES);
        }
    }

    private void bind(final int socket, final int groups) throws SystemCallException {
        final MemorySegment address = arena.allocate(ADDRESS_BYTES, Integer.BYTES);
        address.set(JAVA_SHORT, 0, AF_NETLINK);
        address.set(JAVA_INT, ADDRESS_GROUPS, groups);
        calls.bind(socket, address);
    }

    /// Takes what has come, of at most so many datagrams; answers how many there were. The first
    /// call also begins to take in the connections there are.
    public int drain(final ConntrackListener listener, final int limit) {
        int taken = 0;
        while (taken < limit) {
            final long received = calls.receive(events, buffer, BUFFER_BYTES, MSG_DONTWAIT);
            if (received == -Errno.ENOBUFS) {
                overruns++;
                dumpWanted = true;
            } else if (received <= 0) {
                break;
            } else {
                taken++;
                read(received, listener);
            }
        }
        return taken + advanceDump(listener);
    }

    private int advanceDump(final ConntrackListener listener) {
        if (dumpWanted && !dumping) {
            dumpWanted = false;
            dumping = calls.send(dump, request, TupleRequest.writeDump(request), 0) > 0;
            dumps++;
        }
        if (!dumping) {
            return 0;
        }
        final long received = calls.receive(dump, buffer, BUFFER_BYTES, MSG_DONTWAIT);
        if (received <= 0) {
            return 0;
        }
        final Kind last = read(received, listener);
        dumping = last != Kind.DONE && last != Kind.ERROR;
        return 1;
    }

    /// Asks for the connection of a packet and lets the listener hear of it; false when the kernel
    /// knows none.
    ///
    /// @param fromB whether the packet goes from the key's endpoint `b` to `a`; of an ICMP query,
    ///   the packet is the answer
    public boolean ask(final FlowKey key, final boolean fromB, final ConntrackListener listener) {
        questions++;
        final int length = TupleRequest.write(request, key, fromB);
        if (length > 0 && calls.send(answers, request, length, 0) == length) {
            final long received = calls.receive(answers, buffer, BUFFER_BYTES, MSG_DONTWAIT);
            if (received > 0 && read(received, listener) == Kind.STATE) {
                return true;
            }
        }
        unknown++;
        return false;
    }

    /// Answers the kind of the last message.
    private Kind read(final long bytes, final ConntrackListener listener) {
        long at = 0;
        Kind last = Kind.OTHER;
        while (at < bytes) {
            final boolean legal = message.read(buffer, at, bytes);
            at += message.length();
            last = message.kind();
            if (legal) {
                tell(listener);
            } else {
                malformed++;
            }
        }
        return last;
    }

    private void tell(final ConntrackListener listener) {
        switch (message.kind()) {
            case NEW, STATE -> {
                eventCount++;
                listener.onConnection(message.original(), message.reply());
            }
            case DESTROY -> {
                eventCount++;
                listener.onEnd(message.original());
            }
            case EXPECT -> {
                eventCount++;
                listener.onExpectation(
                        message.master(), message.original(), message.timeoutSeconds());
            }
            case EXPECT_NO_MORE, DONE, ERROR, OTHER -> {}
        }
    }

    /// The descriptor that the kernel shows as readable when events have come.
    public int descriptor() {
        return events;
    }

    public ConntrackCounters counters() {
        return new ConntrackCounters(eventCount, malformed, overruns, dumps, questions, unknown);
    }

    @Override
    public void close() {
        calls.close(events);
        calls.close(answers);
        calls.close(dump);
        arena.close();
    }
}
