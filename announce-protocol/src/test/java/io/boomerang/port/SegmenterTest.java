package io.boomerang.port;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.wire.IpProtocol;
import io.boomerang.wire.NetworkOrder;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

class SegmenterTest {
    private static final int ROUNDS = 100;
    private static final int FIN_PSH = 0x09;
    private static final int CWR = 0x80;

    private final SplittableRandom random = new SplittableRandom(Long.getLong("seed", 20_261_122L));
    private final Segmenter segmenter = new Segmenter();

    @ParameterizedTest
    @CsvSource({"false,0", "true,0", "false,1", "true,2"})
    void shouldCutTcpAsACardDoes(final boolean isVersion6, final int tags) {
        for (int round = 0; round < ROUNDS; round++) {
            final int size = 1 + random.nextInt(1_448);
            final int payload = 1 + random.nextInt(Math.min(60_000, size * 60));
            final byte[] frame = SentFrame.whole(random, isVersion6, IpProtocol.TCP, tags, payload);
            final int type = isVersion6 ? Segmenter.GSO_TCP_V6 : Segmenter.GSO_TCP_V4;

            final List<byte[]> pieces = cut(frame, type | Segmenter.GSO_ECN, size);

            final int transport = SentFrame.transportAt(isVersion6, tags);
            assertEquals((payload + size - 1) / size, pieces.size());
            final ByteArrayOutputStream payloads = new ByteArrayOutputStream();
            final ByteBuffer original = ByteBuffer.wrap(frame);
            for (int i = 0; i < pieces.size(); i++) {
                final byte[] piece = pieces.get(i);
                assertTrue(SentFrame.isSound(piece, isVersion6, IpProtocol.TCP, tags));
                final ByteBuffer view = ByteBuffer.wrap(piece);
                assertEquals(original.getInt(transport + 4) + i * size, view.getInt(transport + 4));
                final int flags = original.get(transport + 13) & 0xFF;
                final int keep = i == pieces.size() - 1 ? 0xFF : ~FIN_PSH;
                assertEquals(
                        flags & keep & (i == 0 ? 0xFF : ~CWR), view.get(transport + 13) & 0xFF);
                if (!isVersion6) {
                    assertEquals((short) (0xFFFE + i), view.getShort(transport - 16));
                }
                payloads.write(piece, transport + 32, piece.length - transport - 32);
            }
            assertArrayEquals(
                    Arrays.copyOfRange(frame, transport + 32, frame.length),
                    payloads.toByteArray());
        }
    }

    @ParameterizedTest
    @CsvSource({"false,0", "true,1"})
    void shouldCutUdpIntoDatagrams(final boolean isVersion6, final int tags) {
        for (int round = 0; round < ROUNDS; round++) {
            final int size = 1 + random.nextInt(1_400);
            final int payload = 1 + random.nextInt(size * 40);
            final byte[] frame = SentFrame.whole(random, isVersion6, IpProtocol.UDP, tags, payload);
            final int transport = SentFrame.transportAt(isVersion6, tags);

            final List<byte[]> pieces = cut(frame, Segmenter.GSO_UDP_L4, size);

            final ByteArrayOutputStream payloads = new ByteArrayOutputStream();
            for (final byte[] piece : pieces) {
                assertTrue(SentFrame.isSound(piece, isVersion6, IpProtocol.UDP, tags));
                assertEquals(
                        piece.length - transport,
                        ByteBuffer.wrap(piece).getShort(transport + 4) & 0xFFFF);
                payloads.write(piece, transport + 8, piece.length - transport - 8);
            }
            assertArrayEquals(
                    Arrays.copyOfRange(frame, transport + 8, frame.length), payloads.toByteArray());
        }
    }

    @Test
    void shouldRefuseWhatItCannotCut() {
        final byte[] tcp = SentFrame.whole(random, false, IpProtocol.TCP, 0, 5_000);
        final byte[] udp = SentFrame.whole(random, true, IpProtocol.UDP, 0, 5_000);
        final int udpFragments = 3;

        assertFalse(begin(tcp, Segmenter.GSO_TCP_V6, 1_000), "of the other IP");
        assertFalse(begin(tcp, Segmenter.GSO_UDP_L4, 1_000), "of the other protocol");
        assertFalse(begin(tcp, Segmenter.GSO_TCP_V4, 0), "into nothing");
        assertFalse(begin(udp, udpFragments, 1_000), "of a kind that kernels no longer make");
        final byte[] tunnel = tcp.clone();
        tunnel[23] = IpProtocol.GRE;
        assertFalse(begin(tunnel, Segmenter.GSO_TCP_V4, 1_000), "in a tunnel");
    }

    @Test
    void shouldBearAnyBytes() {
        final MemorySegment target = MemorySegment.ofArray(new byte[70_000]);
        for (int round = 0; round < 20_000; round++) {
            final byte[] frame =
                    SentFrame.whole(
                            random,
                            random.nextBoolean(),
                            random.nextBoolean() ? IpProtocol.TCP : IpProtocol.UDP,
                            random.nextInt(3),
                            random.nextInt(300));
            for (int damage = random.nextInt(4); damage > 0; damage--) {
                frame[12 + random.nextInt(60) % (frame.length - 12)] = (byte) random.nextInt();
            }
            final byte[] cutShort = Arrays.copyOf(frame, random.nextInt(frame.length + 1));
            final int type = new int[] {1, 4, 5, 0x81}[random.nextInt(4)];

            if (begin(cutShort, type, 1 + random.nextInt(400))) {
                final int longest = segmenter.longest();
                while (segmenter.hasNext()) {
                    assertTrue(segmenter.next(target, 0) <= longest);
                }
            }
        }
    }

    private boolean begin(final byte[] frame, final int type, final int size) {
        return segmenter.begin(MemorySegment.ofArray(frame), 0, frame.length, type, size);
    }

    private List<byte[]> cut(final byte[] frame, final int type, final int size) {
        final List<byte[]> pieces = new ArrayList<>();
        final MemorySegment target = MemorySegment.ofArray(new byte[9 + 70_000]);
        assertTrue(begin(frame, type, size));
        final int longest = segmenter.longest();
        while (segmenter.hasNext()) {
            final int length = segmenter.next(target, 9);
            assertTrue(length <= longest);
            pieces.add(target.asSlice(9, length).toArray(NetworkOrder.BYTE));
        }
        return pieces;
    }
}
