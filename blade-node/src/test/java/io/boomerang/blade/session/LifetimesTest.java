package io.boomerang.blade.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.TcpPhase;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LifetimesTest {
    @ParameterizedTest
    @EnumSource(LifetimeClass.class)
    void shouldLeaseWhatCoversTheLimitAfterAThirdOrSayThatItCannot(final LifetimeClass lifetime) {
        final Lifetimes lifetimes = Lifetimes.DEFAULTS;
        final int lease = lifetimes.leaseMs(lifetime);

        assertEquals(0, lease % SessionAnnouncement.LEASE_STEP_MS);
        assertTrue(lease <= SessionAnnouncement.MAX_LEASE_MS);
        assertTrue(
                lifetimes.outlivesLease(lifetime)
                        || lease - lease / 3 >= lifetimes.timeoutMs(lifetime));
    }

    @Test
    void shouldClassifyByProtocolAndPhase() {
        assertEquals(LifetimeClass.TCP_EMBRYONIC, LifetimeClass.of(6, TcpPhase.EMBRYONIC));
        assertEquals(LifetimeClass.TCP_CLOSED, LifetimeClass.of(6, TcpPhase.CLOSED));
        assertEquals(LifetimeClass.UDP_ESTABLISHED, LifetimeClass.of(17, TcpPhase.ESTABLISHED));
        assertEquals(LifetimeClass.UDP_EMBRYONIC, LifetimeClass.of(136, TcpPhase.EMBRYONIC));
        assertEquals(LifetimeClass.ICMP, LifetimeClass.of(58, TcpPhase.ESTABLISHED));
        assertEquals(LifetimeClass.OTHER_ESTABLISHED, LifetimeClass.of(47, TcpPhase.ESTABLISHED));
    }

    @Test
    void shouldOutliveTheLeaseWithEstablishedTcpOnly() {
        assertTrue(Lifetimes.DEFAULTS.outlivesLease(LifetimeClass.TCP_ESTABLISHED));
        assertFalse(Lifetimes.DEFAULTS.outlivesLease(LifetimeClass.UDP_ESTABLISHED));
    }

    @Test
    void shouldRefuseLimitsTooShortToKeep() {
        final IllegalArgumentException error =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> new Lifetimes(1_000, 1_000, 1_000, 99, 1_000, 1, 1, 1, 1, 1));

        assertTrue(String.valueOf(error.getMessage()).contains("tcpClosedMs 99 ms"));
    }
}
