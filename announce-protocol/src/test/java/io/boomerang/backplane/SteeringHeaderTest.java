package io.boomerang.backplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;

import io.boomerang.announce.RandomMessages;
import io.boomerang.announce.Seeds;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.TcpPhase;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

class SteeringHeaderTest {
    private static final Purpose[] PURPOSES = Purpose.values();
    private static final int OFFSET = 11;
    private static final String BASE_AND_STEERING =
            "04 40 6558 000000 00  ffb0 81 03  10 02 0001 0102030405060708";

    private final byte[] bytes = new byte[512];
    private final MemorySegment segment = MemorySegment.ofArray(bytes);

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.boomerang.announce.Seeds#seeds")
    void shouldReadWhatItWrote(final long seed) {
        final RandomGenerator random = Seeds.random(seed);
        final SteeringHeader written = new SteeringHeader(random.nextInt(1 << 24));
        final SteeringHeader read = new SteeringHeader(vniOf(written));
        for (int i = 0; i < 100; i++) {
            fill(written, random);
            random.nextBytes(bytes);

            written.encode(segment, OFFSET);

            assertTrue(written.encodedLength() <= SteeringHeader.MAX_LENGTH);
            assertTrue(read.decode(segment, OFFSET, written.encodedLength() + random.nextInt(99)));
            assertEquals(written.encodedLength(), read.headerLength());
            assertSame(written, read);
        }
    }

    private int vniOf(final SteeringHeader header) {
        header.encode(segment, 0);
        return HexFormat.fromHexDigits(HexFormat.of().formatHex(bytes, 4, 7));
    }

    @Test
    void shouldReachItsGreatestLengthWithEverythingInIt() {
        final SteeringHeader header = new SteeringHeader();
        final FlowKey key = new FlowKey();
        final FlowKey original = new FlowKey();
        key.setIpv6(6, FlowKey.KIND_PORTS, 1, 1, 2, 3, 3, 4, 5);
        original.setIpv6(6, FlowKey.KIND_PORTS, 1, 1, 2, 3, 3, 5, 5);
        header.setPacketNumber(1);
        header.setKey(key, true);
        header.setAnnouncement(
                new SessionAnnouncement(
                        SessionAnnouncement.Kind.OPEN,
                        key,
                        original,
                        1,
                        2,
                        3,
                        4,
                        5,
                        TcpPhase.EMBRYONIC));

        assertEquals(SteeringHeader.MAX_LENGTH, header.encodedLength());
    }

    @Test
    void shouldWriteTheseBytes() {
        final SteeringHeader header = new SteeringHeader(0xABCDEF);
        final FlowKey key = new FlowKey();
        key.setIpv4(6, FlowKey.KIND_PORTS, 0x0A000001, 80, 0xC0000201, 4_711, 0);
        header.setPurpose(Purpose.EMIT);
        header.setArrival(Side.EGRESS, 0x3FF);
        header.setHops(2);
        header.setFlowId(0x0102030405060708L);
        header.setPacketNumber(7);
        header.setKey(key, true);
        header.setAnnouncement(
                new SessionAnnouncement(
                        SessionAnnouncement.Kind.OPEN,
                        key,
                        key,
                        9,
                        3,
                        2,
                        1,
                        1_000,
                        TcpPhase.ESTABLISHED));

        header.encode(segment, 0);

        final String expected =
                """
                15 40 6558 abcdef 00
                ffb0 81 03 11 02 03ff 0102030405060708
                ffb0 02 02 0000000000000007
                ffb0 83 04 80 06 0000 0a000001 c0000201 0050 1267
                ffb0 84 08 09 00 06 0003 0002 0001 0064 0000000000000009
                0a000001 c0000201 0050 1267 00
                """;
        assertEquals(
                expected.replaceAll("\\s", ""),
                HexFormat.of().formatHex(bytes, 0, header.encodedLength()));
    }

    @Test
    void shouldReadTheSmallestHeader() {
        final SteeringHeader header = new SteeringHeader();

        assertTrue(decode(header, BASE_AND_STEERING));

        assertEquals(Purpose.EMIT, header.purpose());
        assertEquals(2, header.hops());
        assertEquals(1, header.arrivalNode());
        assertEquals(0x0102030405060708L, header.flowId());
        assertEquals(24, header.headerLength());
    }

    @Test
    void shouldSkipUnknownOptionsThatAreNotCritical() {
        final SteeringHeader header = new SteeringHeader();
        final String withLength = BASE_AND_STEERING.replaceFirst("04", "08");

        assertTrue(decode(header, withLength + "0101 05 01 00000000" + "ffb0 7f 01 00000000"));

        assertEquals(40, header.headerLength());
        assertEquals(0x0102030405060708L, header.flowId());
    }

    @Test
    void shouldRefuseUnknownOptionsThatAreCritical() {
        final SteeringHeader header = new SteeringHeader();
        final String withLength = BASE_AND_STEERING.replaceFirst("04", "06");

        assertFalse(decode(header, withLength + "0101 85 01 00000000"));
        assertFalse(decode(header, withLength + "ffb0 ff 01 00000000"));
    }

    @Test
    void shouldRefuseWhatIsNotOurs() {
        final SteeringHeader header = new SteeringHeader();

        assertFalse(decode(header, BASE_AND_STEERING.replaceFirst("04", "44")), "version");
        assertFalse(decode(header, BASE_AND_STEERING.replaceFirst("40", "c0")), "OAM");
        assertFalse(decode(header, BASE_AND_STEERING.replaceFirst("6558", "0800")), "protocol");
        assertFalse(decode(header, BASE_AND_STEERING.replaceFirst("000000", "000001")), "VNI");
        assertFalse(decode(header, "00 40 6558 000000 00"), "no steering option");
        assertFalse(
                decode(
                        header,
                        BASE_AND_STEERING.replaceFirst("04", "08")
                                + BASE_AND_STEERING.substring(22)),
                "two steering options");
        assertFalse(decode(header, BASE_AND_STEERING.replace("10 02", "40 02")), "purpose");
        assertFalse(decode(header, BASE_AND_STEERING.replace("81 03", "81 04")), "length");
    }

    private boolean decode(final SteeringHeader header, final String hex) {
        final byte[] datagram = HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
        return header.decode(MemorySegment.ofArray(datagram), 0, datagram.length);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.boomerang.announce.Seeds#seeds")
    void shouldRefuseEveryTruncation(final long seed) {
        final SteeringHeader header = new SteeringHeader();
        fill(header, Seeds.random(seed));
        header.encode(segment, OFFSET);
        final int length = header.encodedLength();

        for (int shorter = 0; shorter < length; shorter++) {
            assertFalse(header.decode(segment, OFFSET, shorter));
            assertEquals(0, header.headerLength());
        }
        assertTrue(header.decode(segment, OFFSET, length));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.boomerang.announce.Seeds#seeds")
    void shouldNeverThrowWhateverTheBytes(final long seed) {
        final RandomGenerator random = Seeds.random(seed);
        final SteeringHeader header = new SteeringHeader();
        final SteeringHeader again = new SteeringHeader();
        for (int i = 0; i < 2_000; i++) {
            fill(header, random);
            header.encode(segment, OFFSET);
            for (int mutations = random.nextInt(1, 4); mutations > 0; mutations--) {
                bytes[OFFSET + random.nextInt(header.encodedLength())] ^=
                        (byte) (1 << random.nextInt(8));
            }
            final int length = random.nextInt(bytes.length);

            if (header.decode(segment, OFFSET, length)) {
                assertTrue(header.headerLength() <= length);
                header.encode(segment, OFFSET);
                assertTrue(again.decode(segment, OFFSET, header.encodedLength()));
                assertSame(header, again);
            }
        }
    }

    @Test
    void shouldRefuseWhatLiesOutsideItsMemory() {
        final SteeringHeader header = new SteeringHeader();
        header.encode(segment, 0);

        assertFalse(header.decode(segment, 0, bytes.length + 1));
        assertFalse(header.decode(segment, bytes.length - 4, 8));
        assertFalse(header.decode(segment, -8, 24));
    }

    @Test
    void shouldAllocateNothing() {
        final var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final SteeringHeader written = new SteeringHeader();
        final SteeringHeader read = new SteeringHeader();
        final FlowKey key = new FlowKey();
        key.setIpv6(6, FlowKey.KIND_PORTS, 1, 1, 2, 3, 3, 4, 5);
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment memory = arena.allocate(512);
            long allocated = Long.MAX_VALUE;
            for (int round = 0; round < 20 && allocated > 0; round++) {
                final long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 10_000; i++) {
                    written.clear();
                    written.setFlowId(i);
                    written.setPacketNumber(i + 1);
                    written.setKey(key, true);
                    written.encode(memory, 0);
                    if (!read.decode(memory, 0, 512) || read.flowId() != i) {
                        throw new AssertionError("packet " + i);
                    }
                }
                allocated = threads.getCurrentThreadAllocatedBytes() - before;
            }

            assertEquals(0, allocated);
        }
    }

    private static void fill(final SteeringHeader header, final RandomGenerator random) {
        final RandomMessages messages = new RandomMessages(random);
        header.clear();
        header.setPurpose(PURPOSES[random.nextInt(4)]);
        header.setArrival(Side.of(random.nextInt(2)), random.nextInt(0x1_0000));
        header.setHops(random.nextInt(256));
        header.setFlowId(random.nextLong());
        if (random.nextBoolean()) {
            header.setPacketNumber(random.nextLong());
        }
        if (random.nextBoolean()) {
            header.setKey(messages.key(), random.nextBoolean());
        }
        if (random.nextBoolean()) {
            header.setAnnouncement(messages.announcement());
        }
    }

    private static void assertSame(final SteeringHeader expected, final SteeringHeader actual) {
        assertEquals(expected.purpose(), actual.purpose());
        assertEquals(expected.arrivalSide(), actual.arrivalSide());
        assertEquals(expected.arrivalNode(), actual.arrivalNode());
        assertEquals(expected.hops(), actual.hops());
        assertEquals(expected.flowId(), actual.flowId());
        assertEquals(expected.packetNumber(), actual.packetNumber());
        assertEquals(expected.hasKey(), actual.hasKey());
        if (expected.hasKey()) {
            assertEquals(expected.key(), actual.key());
            assertEquals(expected.sourceIsB(), actual.sourceIsB());
        }
        if (expected.announcement() == null) {
            assertNull(actual.announcement());
        } else {
            assertEquals(expected.announcement(), actual.announcement());
        }
    }
}
