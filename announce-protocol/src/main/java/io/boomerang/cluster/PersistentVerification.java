package io.boomerang.cluster;

import org.jgroups.Address;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.VERIFY_SUSPECT2;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Asks a suspected member again and again whether it is alive, until its time is over. JGroups
/// asks once: that question, or its answer, may be lost with the link that broke.
///
/// The messages are those of {@link VERIFY_SUSPECT2}, to which members of the first release answer.
final class PersistentVerification extends VERIFY_SUSPECT2 {
    private static final int PAUSE_MS = 100;

    /// @param timeoutMs how long a suspected member has for an answer; it is excluded at the latest
    ///   after the same time once more
    PersistentVerification(final int timeoutMs) {
        setId(ClassConfigurator.getProtocolId(VERIFY_SUSPECT2.class));
        setTimeout(timeoutMs);
    }

    @Override
    protected void verifySuspect(final Collection<Address> members) {
        super.verifySuspect(members);
        final List<Address> asked = List.copyOf(members);
        for (int afterMs = PAUSE_MS; afterMs < timeout; afterMs += PAUSE_MS) {
            final var _ = timer.schedule(() -> askAgain(asked), afterMs, TimeUnit.MILLISECONDS);
        }
    }

    private void askAgain(final List<Address> asked) {
        super.verifySuspect(asked.stream().filter(this::isSuspected).toList());
    }

    private synchronized boolean isSuspected(final Address member) {
        return suspects.stream().anyMatch(suspect -> suspect.suspect().equals(member));
    }
}
