package io.boomerang.redirector.mtu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class PacketFitTest {
    private static final int LONGEST = 1_394;
    private static final long SECOND = 1_000_000_000L;

    private final List<Integer> sent = new ArrayList<>();

    private PacketFit fit(final Oversize oversize, final boolean clamps) {
        return new PacketFit(
                LONGEST,
                oversize,
                clamps,
                (frame, offset, length) -> {
                    sent.add(length);
                    return true;
                });
    }

    /// A packet of this length, with its header.
    private static TestFrame datagram(final boolean ipv4, final int length) {
        final TestFrame frame =
                TestFrame.of(TestFrame.random(3), ipv4, TestFrame.UDP, new byte[length]);
        final byte[] payload = new byte[length - frame.headerLength()];
        return TestFrame.of(TestFrame.random(3), ipv4, TestFrame.UDP, payload);
    }

    private static boolean admit(final PacketFit fit, final TestFrame frame, final long nowNs) {
        return fit.admit(frame.segment(), 0, frame.bytes.length, nowNs);
    }

    @Test
    void shouldAnswerWhatIsTooBigAndPassWhatFits() {
        try (PacketFit fit = fit(Oversize.TOO_BIG, false)) {
            assertTrue(fit.isNeeded());
            assertTrue(admit(fit, datagram(true, LONGEST), 0));
            assertTrue(admit(fit, datagram(false, LONGEST), 0));
            assertFalse(admit(fit, datagram(true, LONGEST + 1), 0));
            assertFalse(admit(fit, datagram(false, LONGEST + 1), 0));
            assertEquals(2, fit.replied());
            assertEquals(2, sent.size());
        }
    }

    @Test
    void shouldPassWhatMayBeFragmented() {
        final TestFrame frame = datagram(true, 1_500);
        frame.bytes[frame.network + 6] = 0;
        try (PacketFit fit = fit(Oversize.TOO_BIG, false)) {
            assertTrue(admit(fit, frame, 0));
        }
        try (PacketFit fit = fit(Oversize.FRAGMENT, true)) {
            assertTrue(admit(fit, datagram(true, 1_500), 0));
            assertTrue(admit(fit, datagram(false, 1_500), 0));
        }
        assertEquals(List.of(), sent);
    }

    @Test
    void shouldNotTellIpv6OfASizeItDoesNotHave() {
        try (PacketFit fit =
                new PacketFit(1_200, Oversize.TOO_BIG, false, (frame, offset, length) -> true)) {
            assertTrue(admit(fit, datagram(false, PacketFit.LEAST_IPV6), 0));
            assertFalse(admit(fit, datagram(false, PacketFit.LEAST_IPV6 + 1), 0));
            assertFalse(admit(fit, datagram(true, 1_201), 0));
        }
    }

    @Test
    void shouldAnswerAThousandTimesASecondAtMost() {
        final TestFrame frame = datagram(true, 1_500);
        try (PacketFit fit = fit(Oversize.TOO_BIG, false)) {
            for (int i = 0; i < 5_000; i++) {
                assertFalse(admit(fit, frame, i * SECOND / 5_000));
            }
            assertEquals(5_000, fit.replied() + fit.unanswered());
            assertTrue(fit.replied() >= 1_000 && fit.replied() <= 1_100, () -> "" + fit.replied());
        }
    }

    @Test
    void shouldHaveNothingToDoWhereNothingIsAsked() {
        try (PacketFit refuse = fit(Oversize.REFUSE, false);
                PacketFit fragment = fit(Oversize.FRAGMENT, false)) {
            assertFalse(refuse.isNeeded());
            assertFalse(fragment.isNeeded());
        }
    }
}
