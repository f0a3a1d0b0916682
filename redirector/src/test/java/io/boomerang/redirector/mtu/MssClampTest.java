package io.boomerang.redirector.mtu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.random.RandomGenerator;

class MssClampTest {
    private static final int LONGEST = 1_400;
    private static final int LONGEST_IPV6 = 1_390;
    private static final int SYN = 2;

    private final MssClamp clamp = new MssClamp(LONGEST, LONGEST_IPV6);
    private final IpFrame view = new IpFrame();

    /// A segment whose options have the segment size at a random place, or none when it is 0.
    private static byte[] segment(final RandomGenerator random, final int flags, final int mss) {
        final ByteArrayOutputStream options = new ByteArrayOutputStream();
        addOthers(random, options);
        if (mss > 0) {
            options.writeBytes(new byte[] {2, 4, (byte) (mss >>> 8), (byte) mss});
            addOthers(random, options);
        }
        while (options.size() % 4 != 0) {
            options.write(random.nextInt(2));
        }
        final byte[] payload = TestFrame.randomBytes(random, random.nextInt(40));
        final ByteBuffer tcp = ByteBuffer.allocate(20 + options.size() + payload.length);
        tcp.putInt(random.nextInt()).putInt(random.nextInt()).putInt(0);
        tcp.put((byte) ((20 + options.size()) / 4 << 4)).put((byte) flags).putShort((short) 7);
        tcp.putInt(0).put(options.toByteArray()).put(payload);
        return tcp.array();
    }

    /// No operation, window scale, SACK permitted.
    private static void addOthers(final RandomGenerator random, final ByteArrayOutputStream to) {
        for (int i = random.nextInt(4); i > 0; i--) {
            switch (random.nextInt(3)) {
                case 0 -> to.write(1);
                case 1 -> to.writeBytes(new byte[] {3, 3, 7});
                default -> to.writeBytes(new byte[] {4, 2});
            }
        }
    }

    private static TestFrame frame(
            final RandomGenerator random, final boolean ipv4, final int flags, final int mss) {
        final TestFrame frame =
                TestFrame.of(random, ipv4, TestFrame.TCP, segment(random, flags, mss));
        final int checksum = ~frame.transportSum(TestFrame.TCP);
        ByteBuffer.wrap(frame.bytes).putShort(frame.transport() + 16, (short) checksum);
        assertEquals(0xFFFF, frame.transportSum(TestFrame.TCP));
        return frame;
    }

    private boolean clamp(final byte[] bytes) {
        return view.wrap(MemorySegment.ofArray(bytes), 0, bytes.length) && clamp.clamp(view);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.boomerang.redirector.mtu.TestFrame#seeds")
    void shouldLowerTheSegmentSizeOfASynAndNothingElse(final long seed) {
        final RandomGenerator random = TestFrame.random(seed);
        for (int i = 0; i < 100; i++) {
            final boolean ipv4 = random.nextBoolean();
            final int most = ipv4 ? LONGEST - 40 : LONGEST_IPV6 - 60;
            final int mss = most + 1 + random.nextInt(65_535 - most);
            final long layout = random.nextLong();
            final int flags = SYN | (random.nextBoolean() ? 0x10 : 0);
            final TestFrame frame = frame(TestFrame.random(layout), ipv4, flags, mss);
            final byte[] expected = frame(TestFrame.random(layout), ipv4, flags, most).bytes;

            assertTrue(clamp(frame.bytes));

            assertEquals(0xFFFF, frame.transportSum(TestFrame.TCP));
            assertArrayEquals(expected, frame.bytes);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.boomerang.redirector.mtu.TestFrame#seeds")
    void shouldLeaveAloneWhatFits(final long seed) {
        final RandomGenerator random = TestFrame.random(seed);
        for (int i = 0; i < 100; i++) {
            final boolean ipv4 = random.nextBoolean();
            final int most = ipv4 ? LONGEST - 40 : LONGEST_IPV6 - 60;
            assertUntouched(frame(random, ipv4, SYN, 1 + random.nextInt(most)).bytes);
            assertUntouched(frame(random, ipv4, SYN, 0).bytes);
            assertUntouched(frame(random, ipv4, 0x10, 9_000).bytes);
        }
    }

    private void assertUntouched(final byte[] bytes) {
        final byte[] before = bytes.clone();
        assertFalse(clamp(bytes));
        assertArrayEquals(before, bytes);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.boomerang.redirector.mtu.TestFrame#seeds")
    void shouldChangeFourBytesAtMostOfWhateverComes(final long seed) {
        final RandomGenerator random = TestFrame.random(seed);
        for (int i = 0; i < 500; i++) {
            final byte[] bytes = frame(random, random.nextBoolean(), SYN, 9_000).bytes;
            for (int flips = random.nextInt(6); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            final byte[] cut =
                    Arrays.copyOf(bytes, bytes.length - random.nextInt(bytes.length / 2));
            final byte[] before = cut.clone();
            final boolean changed = clamp(cut);
            int differences = 0;
            for (int at = 0; at < cut.length; at++) {
                differences += cut[at] == before[at] ? 0 : 1;
            }
            assertTrue(changed ? differences <= 4 : differences == 0, "seed " + seed);
        }
    }
}
