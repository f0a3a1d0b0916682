package io.boomerang.handoff.endpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.handoff.Seeds;
import io.boomerang.wire.TcpHeader;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;

/// Single segments: their bytes, and what they do.
class SegmentTest {
    private static final AddressPair IPV4 =
            new AddressPair(
                    new InetSocketAddress("192.0.2.2", 40_000),
                    new InetSocketAddress("192.0.2.1", 80));
    private static final AddressPair IPV6 =
            new AddressPair(
                    new InetSocketAddress("2001:db8::2", 40_000),
                    new InetSocketAddress("2001:db8::1", 80));
    private static final long NOW_NS = 5_000_000_000L;

    private final List<byte[]> sent = new ArrayList<>();

    private void keep(final MemorySegment packet, final long offset, final long length) {
        sent.add(packet.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE));
    }

    @Test
    void shouldOfferItsOptions() {
        TcpEndpoint.connect(EndpointConfig.DEFAULTS, IPV4, this::keep, 0x01020304, NOW_NS);

        assertEquals(
                "45000040000040004006b6b4c0000202c0000201"
                        + "9c4000500102030400000000b002fffff9d50000"
                        + "020405b4010104020101080a0102168c0000000001030303",
                hex(sent.getFirst()));
        assertTrue(new SegmentView().wrap(segment(sent.getFirst()), 0, 64));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.boomerang.handoff.Seeds#seeds")
    void shouldRefuseEveryFlippedBitThatMatters(final long seed) {
        final RandomGenerator random = Seeds.random(seed);
        TcpEndpoint.connect(EndpointConfig.DEFAULTS, IPV6, this::keep, random.nextInt(), NOW_NS);
        final byte[] packet = sent.getFirst();
        final SegmentView view = new SegmentView();
        assertTrue(view.wrap(segment(packet), 0, packet.length));

        // Class, flow label and hop limit are nobody's checksum's.
        for (int bit = 8 * Byte.SIZE; bit < packet.length * Byte.SIZE; bit++) {
            packet[bit >> 3] ^= (byte) (1 << (bit & 7));
            assertFalse(view.wrap(segment(packet), 0, packet.length), "bit " + bit);
            packet[bit >> 3] ^= (byte) (1 << (bit & 7));
        }
        for (int length = 0; length < packet.length; length++) {
            assertFalse(view.wrap(segment(packet), 0, length));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.boomerang.handoff.Seeds#seeds")
    void shouldStandAnyBytes(final long seed) {
        final RandomGenerator random = Seeds.random(seed);
        final TcpEndpoint endpoint =
                TcpEndpoint.listen(EndpointConfig.DEFAULTS, IPV4.remote(), this::keep, 1);
        for (int i = 0; i < 2_000; i++) {
            final byte[] packet = new byte[random.nextInt(100)];
            random.nextBytes(packet);
            if (packet.length > 0) {
                packet[0] = (byte) (random.nextBoolean() ? 0x45 : 0x60);
            }

            assertFalse(endpoint.receive(segment(packet), 0, packet.length, NOW_NS));
        }
        assertEquals(TcpEndpoint.State.LISTEN, endpoint.state());
    }

    @Test
    void shouldStandForgedSegmentsOfItsConnection() {
        for (long seed = 0; seed < 200; seed++) {
            final RandomGenerator random = Seeds.random(seed);
            final TcpEndpoint endpoint = established();
            final SegmentWriter forger = new SegmentWriter(IPV4, 1_460);
            for (int i = 0; i < 200; i++) {
                forger.start(
                                random.nextInt(0x40) & ~TcpHeader.RST,
                                random.nextInt(),
                                random.nextInt(),
                                random.nextInt(0x10000))
                        .finishWithout();
                forger.emit((packet, offset, length) ->
                        endpoint.receive(packet, offset, offset + length, NOW_NS));
                endpoint.poll(NOW_NS);
            }
            final TcpEndpoint.State state = endpoint.state();
            assertTrue(
                    state == TcpEndpoint.State.ESTABLISHED || state == TcpEndpoint.State.CLOSE_WAIT,
                    () -> "state " + state);
        }
    }

    @Test
    void shouldTakeAResetOnlyAtTheExactNumber() {
        final TcpEndpoint endpoint = established();
        sent.clear();

        send(endpoint, TcpHeader.RST, 0x1002, 0);
        endpoint.poll(NOW_NS);

        assertEquals(TcpEndpoint.State.ESTABLISHED, endpoint.state());
        assertEquals(1, sent.size());
        send(endpoint, TcpHeader.RST, 0x1001, 0);
        assertEquals(TcpEndpoint.State.CLOSED, endpoint.state());
        assertTrue(endpoint.isReset());
    }

    @Test
    void shouldNotBeOpenedByAGuess() {
        final TcpEndpoint endpoint = listening();
        send(endpoint, TcpHeader.SYN, 0x1000, 0);

        send(endpoint, TcpHeader.ACK, 0x1001, 0x2000);
        send(endpoint, TcpHeader.ACK, 0x1001, 0x2002);

        assertEquals(TcpEndpoint.State.SYN_RECEIVED, endpoint.state());
    }

    @Test
    void shouldSayWhyItStays() {
        final TcpEndpoint endpoint = listening();
        assertEquals("connection is in LISTEN, not ESTABLISHED or CLOSE_WAIT", endpoint.refusal());
        final TcpEndpoint open = established();
        assertNull(open.refusal());

        send(open, TcpHeader.ACK | TcpHeader.FIN, 0x1005, 0x2001);

        assertNull(open.refusal(), "a FIN that came too early comes again");
        open.freeze(NOW_NS);
        assertEquals("connection was taken already", open.refusal());
        open.resume();
        open.close();
        assertEquals("connection is in FIN_WAIT_1, not ESTABLISHED or CLOSE_WAIT", open.refusal());
    }

    @Test
    void shouldGiveUpAPeerThatIsSilent() {
        final TcpEndpoint endpoint = established();
        endpoint.write(segment(new byte[100]), 0, 100);
        long nowNs = NOW_NS;
        int polls = 0;
        while (endpoint.state() == TcpEndpoint.State.ESTABLISHED) {
            endpoint.poll(nowNs);
            nowNs = endpoint.nextDueNs();
            polls++;
        }

        assertTrue(endpoint.isReset());
        assertEquals(17, polls);
    }

    private TcpEndpoint listening() {
        return TcpEndpoint.listen(EndpointConfig.DEFAULTS, IPV4.remote(), this::keep, 0x2000);
    }

    private TcpEndpoint established() {
        final TcpEndpoint endpoint = listening();
        send(endpoint, TcpHeader.SYN, 0x1000, 0);
        send(endpoint, TcpHeader.ACK, 0x1001, 0x2001);
        assertEquals(TcpEndpoint.State.ESTABLISHED, endpoint.state());
        return endpoint;
    }

    private static void send(
            final TcpEndpoint endpoint,
            final int flags,
            final int sequence,
            final int acknowledgment) {
        final SegmentWriter writer = new SegmentWriter(IPV4, 1_460);
        writer.start(flags, sequence, acknowledgment, 1_000).finishWithout();
        writer.emit((packet, offset, length) ->
                endpoint.receive(packet, offset, offset + length, NOW_NS));
    }

    private static MemorySegment segment(final byte[] bytes) {
        return MemorySegment.ofArray(bytes);
    }

    private static String hex(final byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
