package io.boomerang.handoff;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/// Everything that another stack needs to go on with a TCP connection where this one stopped.
///
/// ```
///   sent by this end                                  received from the peer
///   ----+-----------------+-----------+               ----+--------+-------------------
///       | unacknowledged  | unsent    |                   | unread |
///   ----+-----------------+-----------+               ----+--------+-------------------
///       sendUnacknowledged                            firstUnread  receiveNext
/// ```
///
/// Congestion window and round-trip time do not travel: they belong to the path, which changes.
///
/// @param local the address that the peer talks to
/// @param remote the peer
/// @param peerClosed the peer has sent its FIN (CLOSE-WAIT), and `receiveNext` counts it; else the
///   connection is ESTABLISHED. Connections in other states stay where they are.
/// @param sendUnacknowledged number of the oldest byte that the peer has not acknowledged (SND.UNA)
/// @param receiveNext number of the next byte that the peer will send (RCV.NXT)
/// @param unacknowledged bytes that were sent
/// @param unsent bytes that the application wrote and that were not sent
/// @param unread bytes that were acknowledged and that the application has not read
/// @param alreadyRead bytes that the old application has read and the new one has to see, too: they
///   come before `unread`
/// @param applicationState whatever the old application tells the new one
public record ConnectionState(
        InetSocketAddress local,
        InetSocketAddress remote,
        boolean peerClosed,
        int sendUnacknowledged,
        int receiveNext,
        NegotiatedOptions options,
        Windows windows,
        SocketSettings settings,
        Octets unacknowledged,
        Octets unsent,
        Octets unread,
        Octets alreadyRead,
        Octets applicationState) {
    public ConnectionState {
        requireUsable("local", local);
        requireUsable("remote", remote);
        if (local.getAddress().getClass() != remote.getAddress().getClass()) {
            throw new IllegalArgumentException(
                    local + " and " + remote + " are not of one address family");
        }
        if (unacknowledged.length() > windows.largestSend()) {
            throw new IllegalArgumentException(
                    unacknowledged.length()
                            + " bytes are unacknowledged, but the largest window was "
                            + windows.largestSend());
        }
        if (Sequence.isAfter(windows.offeredAt(), receiveNext)) {
            throw new IllegalArgumentException(
                    "the receive window was offered at a byte that has not come");
        }
        if (Sequence.isAfter(windows.lastUpdate(), receiveNext + windows.receive())) {
            throw new IllegalArgumentException(
                    "the send window was stated by a segment outside the receive window");
        }
    }

    private static void requireUsable(final String which, final InetSocketAddress address) {
        final InetAddress host = address.getAddress();
        if (host == null || address.getPort() == 0) {
            throw new IllegalArgumentException(which + " " + address + " lacks address or port");
        }
        if (host.isAnyLocalAddress() || host.isMulticastAddress() || host.isLinkLocalAddress()) {
            throw new IllegalArgumentException(
                    which + " " + address + " means nothing on another blade");
        }
    }

    /// Number of the first byte that was not sent (SND.NXT).
    public int sendNext() {
        return sendUnacknowledged + unacknowledged.length();
    }

    /// Number of the first byte that the application has not read. The peer's FIN has a number,
    /// too.
    public int firstUnread() {
        return receiveNext - (peerClosed ? 1 : 0) - unread.length();
    }

    /// The same connection as another application is to find it.
    public ConnectionState with(final Octets read, final Octets state) {
        return new ConnectionState(
                local,
                remote,
                peerClosed,
                sendUnacknowledged,
                receiveNext,
                options,
                windows,
                settings,
                unacknowledged,
                unsent,
                unread,
                read,
                state);
    }
}
