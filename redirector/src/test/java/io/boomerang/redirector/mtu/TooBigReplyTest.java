package io.boomerang.redirector.mtu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.random.RandomGenerator;

class TooBigReplyTest {
    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;

    private final Arena arena = Arena.ofConfined();
    private final TooBigReply reply = new TooBigReply(arena);
    private final IpFrame view = new IpFrame();

    @AfterEach
    void close() {
        arena.close();
    }

    /// The reply to a frame; empty when none is owed.
    private byte[] replyTo(final TestFrame frame, final int mtu) {
        assertTrue(view.wrap(frame.segment(), 0, frame.bytes.length));
        final int length = reply.write(view, mtu);
        return reply.memory().asSlice(0, length).toArray(JAVA_BYTE);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.boomerang.redirector.mtu.TestFrame#seeds")
    void shouldTellTheSenderTheSizeAndQuoteThePacket(final long seed) {
        final RandomGenerator random = TestFrame.random(seed);
        for (int i = 0; i < 40; i++) {
            final boolean ipv4 = random.nextBoolean();
            final byte[] payload = TestFrame.randomBytes(random, 20 + random.nextInt(1_500));
            final TestFrame frame = TestFrame.of(random, ipv4, TestFrame.UDP, payload);
            final int mtu = 1_280 + random.nextInt(200);

            final byte[] answer = replyTo(frame, mtu);

            assertFraming(frame, answer);
            final TestFrame icmp = frame.with(answer);
            final ByteBuffer fields = ByteBuffer.wrap(answer);
            final int at = icmp.transport();
            final int packetLength = answer.length - frame.network;
            if (ipv4) {
                assertEquals(5, answer[frame.network] & 0xF);
                assertEquals(packetLength, fields.getShort(frame.network + 2));
                assertEquals(0xFFFF, TestFrame.sum(answer, frame.network, at, 0));
                assertEquals(0xFFFF, TestFrame.sum(answer, at, answer.length, 0));
                assertEquals(0x0A010001, fields.getInt(frame.network + 12));
                assertEquals(0x0A010002, fields.getInt(frame.network + 16));
                assertEquals(0x0304, fields.getShort(at));
                assertEquals(Math.min(576, 28 + frame.packet().length), packetLength);
            } else {
                assertEquals(packetLength - 40, fields.getShort(frame.network + 4));
                assertEquals(0xFFFF, icmp.transportSum(ICMPV6));
                assertEquals(1, fields.getLong(frame.network + 16));
                assertEquals(2, fields.getLong(frame.network + 32));
                assertEquals(0x0200, fields.getShort(at));
                assertEquals(Math.min(1_280, 48 + frame.packet().length), packetLength);
            }
            assertEquals(mtu, fields.getInt(at + 4));
            assertArrayEquals(
                    Arrays.copyOf(frame.packet(), answer.length - at - 8),
                    Arrays.copyOfRange(answer, at + 8, answer.length));
        }
    }

    private static void assertFraming(final TestFrame frame, final byte[] answer) {
        final byte[] expected = Arrays.copyOf(frame.bytes, frame.network);
        System.arraycopy(frame.bytes, 0, expected, 6, 6);
        System.arraycopy(frame.bytes, 6, expected, 0, 6);
        assertArrayEquals(expected, Arrays.copyOf(answer, frame.network));
    }

    @ParameterizedTest(name = "IPv4 {0}, ICMP type {1}: {2}")
    @CsvSource({
        "true, 3, false", "true, 4, false", "true, 5, false", "true, 11, false", "true, 12, false",
        "true, 0, true", "true, 8, true", "true, 13, true", "false, 1, false", "false, 2, false",
        "false, 127, false", "false, 128, true", "false, 129, true"
    })
    void shouldAnswerNoError(final boolean ipv4, final int type, final boolean answered) {
        final byte[] message = new byte[1_450];
        message[0] = (byte) type;
        final TestFrame frame =
                TestFrame.of(TestFrame.random(type), ipv4, ipv4 ? ICMP : ICMPV6, message);

        assertEquals(answered, replyTo(frame, 1_400).length > 0);
    }

    @Test
    void shouldAnswerNeitherGroupsNorLaterFragments() {
        final byte[] payload = new byte[1_450];
        for (final boolean ipv4 : new boolean[] {true, false}) {
            final TestFrame frame = TestFrame.of(TestFrame.random(1), ipv4, TestFrame.UDP, payload);
            assertTrue(replyTo(frame, 1_400).length > 0);
            assertUnanswered(frame, 0, 1); // to a group of MAC addresses
            assertUnanswered(frame, 6, 3);
            if (ipv4) {
                assertUnanswered(frame, frame.network + 7, 1); // a fragment's offset
                assertUnanswered(frame, frame.network + 12, 224);
                assertUnanswered(frame, frame.network + 12, 0);
                assertUnanswered(frame, frame.network + 16, 239);
                assertUnanswered(frame, frame.network + 16, 255);
            } else {
                assertUnanswered(frame, frame.network + 8, 0xFF);
                assertUnanswered(frame, frame.network + 24, 0xFF);
            }
        }
    }

    private void assertUnanswered(final TestFrame frame, final int at, final int value) {
        final byte[] changed = frame.bytes.clone();
        changed[at] = (byte) value;
        assertEquals(0, replyTo(frame.with(changed), 1_400).length, "byte " + at);
    }
}
