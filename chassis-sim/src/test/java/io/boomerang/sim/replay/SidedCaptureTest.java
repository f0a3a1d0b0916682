package io.boomerang.sim.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.flow.Cidr;
import io.boomerang.flow.FlowRules;
import io.boomerang.sim.capture.CaptureBytes;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

final class SidedCaptureTest {
    private static final SideRule FIRST_PACKET = new SideRule.FirstPacket();

    @TempDir Path directory;

    /// What came out: `3 INGRESS udp ...` for the third packet.
    private List<String> replay(final SideRule rule, final Consumer<CaptureBytes> content)
            throws IOException {
        final CaptureBytes bytes = CaptureBytes.littleEndian();
        content.accept(bytes);
        final Path file = bytes.writeTo(directory.resolve("capture"));
        final List<String> seen = new ArrayList<>();
        final SidedPacket packet = new SidedPacket();
        try (SidedCapture capture =
                new SidedCapture(file, FlowRules.DEFAULTS, new SideAssigner(rule))) {
            while (capture.next(packet)) {
                assertEquals(seen.size() + 1, packet.number());
                seen.add(
                        packet.isFramed()
                                ? packet.side()
                                        + (packet.parsed().hasKey()
                                                ? " " + packet.parsed().key()
                                                : "")
                                : packet.framing().toString());
            }
        }
        return seen;
    }

    private static Consumer<CaptureBytes> pcap(final byte[]... frames) {
        return bytes -> {
            bytes.pcap(CaptureBytes.MICROS, 1);
            for (int i = 0; i < frames.length; i++) {
                bytes.record(i, 0, frames[i].length, frames[i]);
            }
        };
    }

    private static String udp(final int a, final int aPort, final int b, final int bPort) {
        return " udp 10.0.0." + a + ":" + aPort + " <-> 10.0.0." + b + ":" + bPort;
    }

    @Test
    void shouldLetEveryFlowBeginOnTheIngressSide() throws IOException {
        final List<String> seen =
                replay(
                        FIRST_PACKET,
                        pcap(
                                Frames.udp(1, 10, 2, 20),
                                Frames.udp(2, 20, 1, 10),
                                Frames.udp(2, 30, 1, 40),
                                Frames.udp(1, 40, 2, 30),
                                Frames.udp(1, 10, 2, 20)));

        assertEquals(
                List.of(
                        "INGRESS" + udp(1, 10, 2, 20),
                        "EGRESS" + udp(1, 10, 2, 20),
                        "INGRESS" + udp(1, 40, 2, 30),
                        "EGRESS" + udp(1, 40, 2, 30),
                        "INGRESS" + udp(1, 10, 2, 20)),
                seen);
    }

    @Test
    void shouldGiveFragmentsTheirFlow() throws IOException {
        final List<String> seen =
                replay(
                        FIRST_PACKET,
                        pcap(
                                Frames.udp(1, 10, 2, 20),
                                Frames.firstFragment(2, 20, 1, 10, 7),
                                Frames.laterFragment(2, 1, 7)));

        assertEquals("EGRESS" + udp(1, 10, 2, 20), seen.get(1));
        assertEquals("EGRESS" + udp(1, 10, 2, 20), seen.get(2));
    }

    @Test
    void shouldWaitForAFirstFragmentThatComesLater() throws IOException {
        final List<String> seen =
                replay(
                        FIRST_PACKET,
                        pcap(
                                Frames.laterFragment(2, 1, 7),
                                Frames.udp(1, 10, 2, 20),
                                Frames.udp(3, 1, 4, 1),
                                Frames.firstFragment(2, 20, 1, 10, 7),
                                Frames.udp(4, 1, 3, 1)));

        assertEquals(
                List.of(
                        "INGRESS" + udp(1, 10, 2, 20),
                        "EGRESS" + udp(1, 10, 2, 20),
                        "INGRESS" + udp(3, 1, 4, 1),
                        "INGRESS" + udp(1, 10, 2, 20),
                        "EGRESS" + udp(3, 1, 4, 1)),
                seen);
    }

    @Test
    void shouldResolveFragmentsOfDatagramsWithinEachOther() throws IOException {
        final List<String> seen =
                replay(
                        FIRST_PACKET,
                        pcap(
                                Frames.laterFragment(1, 2, 7),
                                Frames.laterFragment(1, 2, 8),
                                Frames.laterFragment(1, 2, 9),
                                Frames.firstFragment(1, 10, 2, 20, 8),
                                Frames.laterFragment(1, 2, 8),
                                Frames.firstFragment(1, 11, 2, 20, 7)));

        assertEquals(
                List.of(
                        "INGRESS" + udp(1, 11, 2, 20),
                        "INGRESS" + udp(1, 10, 2, 20),
                        "INGRESS",
                        "INGRESS" + udp(1, 10, 2, 20),
                        "INGRESS" + udp(1, 10, 2, 20),
                        "INGRESS" + udp(1, 11, 2, 20)),
                seen);
    }

    @Test
    void shouldLetFragmentsGoWhoseFirstOneNeverComes() throws IOException {
        final List<String> seen =
                replay(FIRST_PACKET, pcap(Frames.laterFragment(2, 1, 7), Frames.udp(1, 10, 2, 20)));

        assertEquals(List.of("INGRESS", "INGRESS" + udp(1, 10, 2, 20)), seen);
    }

    @Test
    void shouldWaitNoLongerThanAMinute() throws IOException {
        final byte[] early = Frames.laterFragment(2, 1, 7);
        final byte[] first = Frames.firstFragment(2, 20, 1, 10, 7);

        final List<String> seen =
                replay(
                        FIRST_PACKET,
                        bytes ->
                                bytes.pcap(CaptureBytes.MICROS, 1)
                                        .record(100, 0, early.length, early)
                                        .record(160, 1, first.length, first));

        assertEquals(List.of("INGRESS", "INGRESS" + udp(1, 10, 2, 20)), seen);
    }

    @Test
    void shouldGiveErrorsTheSideOppositeToWhatTheyQuote() throws IOException {
        final byte[] sent = Frames.udp(1, 10, 2, 20);

        final List<String> seen =
                replay(
                        FIRST_PACKET,
                        pcap(
                                sent,
                                Frames.unreachable(9, 1, sent),
                                Frames.unreachable(9, 2, Frames.udp(2, 20, 1, 10))));

        assertEquals("EGRESS" + udp(1, 10, 2, 20), seen.get(1));
        assertEquals("INGRESS" + udp(1, 10, 2, 20), seen.get(2));
    }

    @Test
    void shouldResolveErrorsAboutFragmentsThatComeBeforeTheFirstOne() throws IOException {
        final List<String> seen =
                replay(
                        FIRST_PACKET,
                        pcap(
                                Frames.udp(1, 10, 2, 20),
                                Frames.unreachable(9, 1, Frames.laterFragment(1, 2, 7)),
                                Frames.firstFragment(1, 10, 2, 20, 7)));

        assertEquals("EGRESS" + udp(1, 10, 2, 20), seen.get(1));
    }

    @Test
    void shouldPlaceWhatHasNoFlowByItsSender() throws IOException {
        final List<String> seen =
                replay(
                        FIRST_PACKET,
                        pcap(
                                Frames.arp(1, 255),
                                Frames.arp(2, 1),
                                Frames.udp(3, 1, 4, 1),
                                Frames.udp(4, 1, 3, 1),
                                Frames.arp(4, 255)));

        assertEquals("INGRESS", seen.get(0));
        assertEquals("EGRESS", seen.get(1));
        assertEquals("EGRESS", seen.get(4));
    }

    @Test
    void shouldTakeTheInterfaceOfTheFirstPacketForTheIngressSide() throws IOException {
        final byte[] frame = Frames.udp(1, 10, 2, 20);

        final Consumer<CaptureBytes> capture =
                bytes ->
                        bytes.section()
                                .interfaceBlock(1, 0)
                                .interfaceBlock(1, 0)
                                .enhanced(1, 0, frame.length, frame)
                                .enhanced(0, 0, frame.length, frame)
                                .enhanced(1, 0, frame.length, frame);

        final List<String> byFirst = replay(new SideRule.ByInterface(Set.of()), capture);
        final List<String> byNumber = replay(new SideRule.ByInterface(Set.of(0)), capture);

        assertTrue(byFirst.getFirst().startsWith("INGRESS"));
        assertTrue(byFirst.get(1).startsWith("EGRESS"));
        assertTrue(byFirst.get(2).startsWith("INGRESS"));
        assertTrue(byNumber.getFirst().startsWith("EGRESS"));
        assertTrue(byNumber.get(1).startsWith("INGRESS"));
    }

    @Test
    void shouldPlacePacketsByMacAddress() throws IOException {
        final Consumer<CaptureBytes> capture =
                pcap(Frames.udp(1, 10, 2, 20), Frames.udp(2, 20, 1, 10), Frames.arp(1, 255));

        final List<String> learned = replay(new SideRule.ByMac(Set.of()), capture);
        final List<String> listed =
                replay(new SideRule.ByMac(Set.of(SideRule.parseMac("02:00:00:00:00:02"))), capture);

        assertTrue(learned.getFirst().startsWith("INGRESS"));
        assertTrue(learned.get(1).startsWith("EGRESS"));
        assertEquals("INGRESS", learned.get(2));
        assertTrue(listed.getFirst().startsWith("EGRESS"));
        assertTrue(listed.get(1).startsWith("INGRESS"));
        assertEquals("EGRESS", listed.get(2));
    }

    @Test
    void shouldPlacePacketsBySourceAddress() throws IOException {
        final SideRule rule = new SideRule.ByCidr(List.of(Cidr.parse("10.0.0.2/31")));

        final List<String> seen =
                replay(
                        rule,
                        pcap(
                                Frames.udp(1, 10, 2, 20),
                                Frames.udp(2, 20, 1, 10),
                                Frames.laterFragment(3, 1, 9),
                                Frames.arp(2, 255)));

        assertTrue(seen.getFirst().startsWith("EGRESS"));
        assertTrue(seen.get(1).startsWith("INGRESS"));
        assertEquals("INGRESS", seen.get(2));
        assertEquals("INGRESS", seen.get(3));
    }

    @Test
    void shouldSayWhyAPacketIsNoFrame() throws IOException {
        final List<String> seen =
                replay(
                        FIRST_PACKET,
                        bytes ->
                                bytes.section()
                                        .interfaceBlock(127, 0)
                                        .interfaceBlock(113, 0)
                                        .enhanced(0, 0, 60, new byte[60])
                                        .enhanced(1, 0, 3, new byte[3]));

        assertEquals(List.of("LINK_TYPE_UNSUPPORTED", "LINK_HEADER_CUT_SHORT"), seen);
    }
}
