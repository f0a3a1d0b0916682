package io.boomerang.redirector.steering;

/// What steering asks of a TCP header (RFC 9293, section 3.1).
final class TcpFlags {
    static final int PROTOCOL = 6;
    private static final int SYN = 0x02;
    private static final int ACK = 0x10;

    private TcpFlags() {}

    /// A SYN without ACK: the first segment of a connection.
    static boolean opens(final int flags) {
        return (flags & (SYN | ACK)) == SYN;
    }
}
