package io.boomerang.announce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.flow.FlowKey;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.random.RandomGenerator;

class AnnouncementCodecTest {
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.boomerang.announce.Seeds#seeds")
    void shouldReadWhatItWrote(final long seed) {
        final RandomMessages random = new RandomMessages(Seeds.random(seed));
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment segment = arena.allocate(200).fill((byte) 0xA5);
            for (int i = 0; i < 100; i++) {
                final SessionAnnouncement announcement = random.announcement();

                final int length = AnnouncementCodec.encode(announcement, segment, 13);

                assertEquals(AnnouncementCodec.encodedLength(announcement), length);
                assertEquals(announcement, AnnouncementCodec.decode(segment, 13, length));
                assertEquals(announcement, AnnouncementCodec.decode(segment, 13, 187));
                assertNull(AnnouncementCodec.decode(segment, 13, length - 1));
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.boomerang.announce.Seeds#seeds")
    void shouldStayWithinItsLimits(final long seed) {
        final RandomMessages random = new RandomMessages(Seeds.random(seed));
        for (int i = 0; i < 1_000; i++) {
            final SessionAnnouncement announcement = random.announcement();

            final int limit =
                    announcement.key().isIpv6()
                            ? AnnouncementCodec.MAX_IPV6_LENGTH
                            : AnnouncementCodec.MAX_IPV4_LENGTH;

            assertTrue(AnnouncementCodec.encodedLength(announcement) <= limit);
        }
    }

    @Test
    void shouldTake47And95BytesForATranslatedSessionInAVlan() {
        final FlowKey key = new FlowKey();
        final FlowKey original = new FlowKey();

        key.setIpv4(6, FlowKey.KIND_PORTS, 1, 2, 3, 4, 5);
        original.setIpv4(6, FlowKey.KIND_PORTS, 1, 2, 3, 5, 5);
        assertEquals(47, AnnouncementCodec.encodedLength(announcement(key, original, 0)));

        key.setIpv6(6, FlowKey.KIND_PORTS, 1, 1, 2, 3, 3, 4, 5);
        original.setIpv6(6, FlowKey.KIND_PORTS, 1, 1, 2, 3, 3, 5, 5);
        assertEquals(95, AnnouncementCodec.encodedLength(announcement(key, original, 0)));
    }

    @Test
    void shouldRoundLeasesUp() {
        final FlowKey key = new FlowKey();
        final MemorySegment segment = MemorySegment.ofArray(new byte[64]);

        final int length = AnnouncementCodec.encode(announcement(key, key, 11), segment, 0);

        assertEquals(announcement(key, key, 20), AnnouncementCodec.decode(segment, 0, length));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.boomerang.announce.Seeds#seeds")
    void shouldNeverThrowWhateverTheBytes(final long seed) {
        final RandomGenerator random = Seeds.random(seed);
        final RandomMessages messages = new RandomMessages(random);
        final byte[] bytes = new byte[100];
        final MemorySegment segment = MemorySegment.ofArray(bytes);
        for (int i = 0; i < 2_000; i++) {
            random.nextBytes(bytes);
            if (random.nextInt(4) > 0) {
                AnnouncementCodec.encode(messages.announcement(), segment, 0);
                bytes[random.nextInt(48)] ^= (byte) (1 << random.nextInt(8));
            }

            final SessionAnnouncement decoded =
                    AnnouncementCodec.decode(segment, 0, random.nextInt(bytes.length));

            if (decoded != null) {
                final byte[] again = new byte[100];
                final int length =
                        AnnouncementCodec.encode(decoded, MemorySegment.ofArray(again), 0);
                assertEquals(-1L, mismatch(segment, again, length));
            }
        }
    }

    private static long mismatch(
            final MemorySegment segment, final byte[] again, final int length) {
        return segment.asSlice(0, length).mismatch(MemorySegment.ofArray(again).asSlice(0, length));
    }

    private static SessionAnnouncement announcement(
            final FlowKey key, final FlowKey original, final int leaseMs) {
        return new SessionAnnouncement(
                SessionAnnouncement.Kind.OPEN,
                key,
                original,
                1,
                2,
                3,
                4,
                leaseMs,
                TcpPhase.EMBRYONIC);
    }
}
