package io.boomerang.handoff.kernel;

/// Numbers of the kernel's socket interface, those of x86-64 and AArch64.
final class SocketConstants {
    // linux/socket.h, linux/in.h
    static final int AF_UNIX = 1;
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int SOCK_STREAM = 1;
    static final int SOCK_RAW = 3;
    static final int SOCK_SEQPACKET = 5;
    static final int SOCK_NONBLOCK = 0x800;
    static final int SOCK_CLOEXEC = 0x80000;
    static final int IPPROTO_TCP = 6;
    static final int IPPROTO_RAW = 255;
    static final int IPPROTO_MPTCP = 262;
    static final int MSG_OOB = 0x1;
    static final int MSG_PEEK = 0x2;
    static final int MSG_DONTWAIT = 0x40;
    static final int MSG_NOSIGNAL = 0x4000;
    static final int SHUT_WR = 1;
    static final int SHUT_RDWR = 2;

    // asm-generic/socket.h
    static final int SOL_SOCKET = 1;
    static final int SO_REUSEADDR = 2;
    static final int SO_SNDBUF = 7;
    static final int SO_RCVBUF = 8;
    static final int SO_KEEPALIVE = 9;
    static final int SO_LINGER = 13;
    static final int SO_ATTACH_FILTER = 26;
    static final int SO_GET_FILTER = SO_ATTACH_FILTER;
    static final int SO_DETACH_FILTER = 27;
    static final int SO_SNDBUFFORCE = 32;
    static final int SO_RCVBUFFORCE = 33;
    static final int SO_PROTOCOL = 38;
    static final int SO_MEMINFO = 55;
    static final int SO_BUF_LOCK = 72;
    static final int SOCK_SNDBUF_LOCK = 1;
    static final int SOCK_RCVBUF_LOCK = 2;

    // linux/tcp.h
    static final int TCP_NODELAY = 1;
    static final int TCP_MAXSEG = 2;
    static final int TCP_INFO = 11;
    static final int TCP_USER_TIMEOUT = 18;
    static final int TCP_REPAIR = 19;
    static final int TCP_REPAIR_QUEUE = 20;
    static final int TCP_QUEUE_SEQ = 21;
    static final int TCP_REPAIR_OPTIONS = 22;
    static final int TCP_TIMESTAMP = 24;
    static final int TCP_REPAIR_WINDOW = 29;
    static final int TCP_ULP = 31;
    static final int TCP_AO_INFO = 40;
    static final int TCP_REPAIR_ON = 1;
    static final int TCP_REPAIR_OFF = 0;

    /// TCP_REPAIR_OFF_NO_WP: no window probe is sent.
    static final int TCP_REPAIR_OFF_SILENTLY = -1;

    static final int NO_QUEUE = 0;
    static final int RECEIVE_QUEUE = 1;
    static final int SEND_QUEUE = 2;

    // net/tcp.h: kinds of TCP options, and bounds of TCP_MAXSEG
    static final int TCPOPT_MSS = 2;
    static final int TCPOPT_WINDOW = 3;
    static final int TCPOPT_SACK_PERM = 4;
    static final int TCPOPT_TIMESTAMP = 8;
    static final int TCP_MIN_MSS = 88;
    static final int MAX_TCP_WINDOW = 32_767;

    // linux/sockios.h, asm-generic/ioctls.h
    static final int SIOCINQ = 0x541B;
    static final int SIOCOUTQ = 0x5411;
    static final int SIOCOUTQNSD = 0x894B;

    // asm-generic/poll.h
    static final int POLLIN = 1;
    static final int POLLOUT = 4;
    static final int POLLRDHUP = 0x2000;

    private SocketConstants() {}
}
