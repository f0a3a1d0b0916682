package io.boomerang.cluster;

import org.jgroups.Address;
import org.jgroups.Event;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.VERIFY_SUSPECT2;
import org.jgroups.stack.IpAddress;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Asks a suspected member again and again whether it is alive, until its time is over. JGroups
/// asks once: that question, or its answer, may be lost with the link that broke.
///
/// A host that refuses connections to where the member took them tells that the process is gone:
/// then nothing has to be waited for. A host that is gone, or a link that is broken, says nothing.
///
/// The messages are those of {@link VERIFY_SUSPECT2}, to which members of the first release answer.
final class PersistentVerification extends VERIFY_SUSPECT2 {
    private static final int PAUSE_MS = 50;
    private static final long NS_PER_MS = TimeUnit.MILLISECONDS.toNanos(1);

    /// @param timeoutMs how long a suspected member has for an answer
    PersistentVerification(final int timeoutMs) {
        setId(ClassConfigurator.getProtocolId(VERIFY_SUSPECT2.class));
        setTimeout(timeoutMs);
    }

    @Override
    protected void verifySuspect(final Collection<Address> members) {
        final List<Address> suspected =
                members.stream().filter(member -> !isSuspected(member)).toList();
        super.verifySuspect(members);
        for (final Address member : suspected) {
            final Thread _ = Thread.startVirtualThread(() -> insist(member));
        }
    }

    private synchronized boolean isSuspected(final Address member) {
        return suspects.stream().anyMatch(suspect -> suspect.suspect().equals(member));
    }

    private void insist(final Address member) {
        final long startNs = System.nanoTime();
        for (int afterMs = PAUSE_MS; afterMs < timeout; afterMs += PAUSE_MS) {
            if (refusesConnections(member)) {
                exclude(member);
                return;
            }
            parkUntil(startNs + afterMs * NS_PER_MS);
            if (!isSuspected(member)) {
                return;
            }
            super.verifySuspect(List.of(member));
        }
        parkUntil(startNs + (timeout + 1) * NS_PER_MS);
        run();
    }

    private static void parkUntil(final long atNs) {
        for (long leftNs = atNs - System.nanoTime();
                leftNs > 0;
                leftNs = atNs - System.nanoTime()) {
            LockSupport.parkNanos(leftNs);
        }
    }

    private boolean refusesConnections(final Address member) {
        final Object address = down_prot.down(new Event(Event.GET_PHYSICAL_ADDRESS, member));
        if (!(address instanceof final IpAddress there)) {
            return false;
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(there.getIpAddress(), there.getPort()), PAUSE_MS);
            return false;
        } catch (final ConnectException _) {
            return true;
        } catch (final IOException _) {
            return false;
        }
    }

    private void exclude(final Address member) {
        if (removeSuspect(member)) {
            up_prot.up(new Event(Event.SUSPECT, List.of(member)));
        }
    }
}
