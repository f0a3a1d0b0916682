package io.boomerang.flow;

import static io.boomerang.flow.Frames.ethernet;
import static io.boomerang.flow.Frames.hex;
import static io.boomerang.flow.Frames.ipv4;
import static io.boomerang.flow.Frames.ipv4Fragment;
import static io.boomerang.flow.Frames.ipv6;
import static io.boomerang.flow.Frames.join;
import static io.boomerang.flow.Frames.routing;
import static io.boomerang.flow.Frames.tcp;
import static io.boomerang.flow.Frames.zeros;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.boomerang.wire.InternetChecksum;
import io.boomerang.wire.NetworkOrder;
import io.boomerang.wire.RecordedFrames;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.Stream;

class ChecksumRepairTest {
    private static final String A = "10.0.0.1";
    private static final String B = "10.0.0.2";
    private static final int IPV4_CHECKSUM = 24;

    /// Frames of real hosts and where their transport checksum stands.
    static Stream<Arguments> recorded() {
        return Stream.of(
                arguments("TCP", RecordedFrames.TCP_DATA, 34 + 16),
                arguments("TCP, IPv6", RecordedFrames.TCP_V6_DATA, 54 + 16),
                arguments("UDP", RecordedFrames.UDP, 34 + 6),
                arguments("UDP, IPv6", RecordedFrames.UDP_V6, 54 + 6),
                arguments("UDP-Lite", RecordedFrames.UDP_LITE, 34 + 6),
                arguments("UDP-Lite, IPv6", RecordedFrames.UDP_LITE_V6, 54 + 6),
                arguments("ICMP", RecordedFrames.ICMP_ECHO, 34 + 2),
                arguments("ICMP error", RecordedFrames.ICMP_PORT_UNREACHABLE, 34 + 2),
                arguments("ICMPv6 error", RecordedFrames.ICMP_V6_PORT_UNREACHABLE, 54 + 2),
                arguments("behind hop-by-hop", RecordedFrames.MULTICAST_LISTENER_REPORT, 62 + 2));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("recorded")
    void shouldFindTheChecksumsOfRecordedFrames(
            final String description, final String recorded, final int checksum) {
        final byte[] frame = hex(recorded);
        final byte[] spoilt = frame.clone();
        spoilt[checksum] ^= 0x5A;
        spoilt[checksum + 1] ^= 0x01;
        if (frame[12] == 8) {
            spoilt[IPV4_CHECKSUM] ^= 0x77;
        }

        assertArrayEquals(frame, Frames.repaired(spoilt));
        assertArrayEquals(frame, Frames.repaired(frame));
        assertArrayEquals(join(frame, zeros(7)), Frames.repaired(join(spoilt, zeros(7))));
    }

    @Test
    void shouldRepairSctp() {
        final byte[] frame = ethernet(ipv4(A, B, Frames.sctp(80, 5000)));

        final byte[] repaired = Frames.repaired(frame);

        // Found good by Wireshark.
        assertArrayEquals(hex("272481d2"), Arrays.copyOfRange(repaired, 34 + 8, 34 + 12));
        assertArrayEquals(Arrays.copyOf(frame, 42), Arrays.copyOf(repaired, 42));
    }

    @Test
    void shouldRepairWhatDccpCovers() {
        for (final int coverage : new int[] {0, 1, 2, 15}) {
            final byte[] frame = ethernet(ipv4(A, B, Frames.dccp(1, 2, coverage)));
            final int covered = coverage == 0 ? 22 : Math.min(22, 16 + 4 * (coverage - 1));

            final byte[] repaired = Frames.repaired(frame);

            final MemorySegment memory = MemorySegment.ofArray(repaired);
            final long addresses = InternetChecksum.add(33 + 22, memory, 26, 8);
            assertEquals(
                    0xFFFF,
                    InternetChecksum.fold(InternetChecksum.add(addresses, memory, 34, covered)),
                    "coverage " + coverage);
        }
    }

    @Test
    void shouldLeaveUdpWithoutAChecksumAlone() {
        final byte[] frame = hex(RecordedFrames.UDP);
        frame[34 + 6] = 0;
        frame[34 + 7] = 0;

        assertArrayEquals(frame, Frames.repaired(frame));
    }

    @Test
    void shouldWriteAUdpChecksumOfZeroInItsOtherForm() {
        final byte[] frame = hex(RecordedFrames.UDP);
        final MemorySegment memory = MemorySegment.ofArray(frame);
        final int checksum = memory.get(NetworkOrder.SHORT, 34 + 6);
        final int data = memory.get(NetworkOrder.SHORT, 34 + 8);
        memory.set(NetworkOrder.SHORT, 34 + 8, (short) (data + checksum));

        final byte[] repaired = Frames.repaired(frame);

        assertEquals(
                (short) 0xFFFF, MemorySegment.ofArray(repaired).get(NetworkOrder.SHORT, 34 + 6));
    }

    @Test
    void shouldRepairOnlyTheHeaderOfFragmentsAndCutPackets() {
        final byte[] fragment = ethernet(ipv4Fragment(A, B, 7, 0, true, tcp(1, 2)));
        final byte[] whole = ethernet(ipv4(A, B, tcp(1, 2)));
        final byte[] cut = Arrays.copyOf(whole, whole.length - 1);
        final byte[] routed = ethernet(ipv6("::1", "::2", routing(0, 1, tcp(1, 2))));

        for (final byte[] frame : new byte[][] {fragment, cut, routed}) {
            assertArrayEquals(frame, Frames.repaired(frame));
        }

        final byte[] spoilt = fragment.clone();
        spoilt[IPV4_CHECKSUM] ^= 1;
        assertArrayEquals(fragment, Frames.repaired(spoilt));
        assertFalse(Arrays.equals(whole, Frames.repaired(whole)));
    }

    @Test
    void shouldLeaveWhatIsNotIpAlone() {
        final byte[] frame = hex(RecordedFrames.ARP_REQUEST);

        assertArrayEquals(frame, Frames.repaired(frame));
    }
}
