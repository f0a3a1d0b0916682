package io.boomerang.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.flow.FlowKey;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;

class TransferDatagramTest {
    private static final TransferId ID = new TransferId(0x0102, 3, 0x0405);

    private final List<byte[]> sent = new ArrayList<>();
    private final TransferWriter writer =
            new TransferWriter((_, memory, offset, length) ->
                    sent.add(memory.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE)));
    private final TransferDatagram view = new TransferDatagram();

    private static FlowKey ipv4() {
        final FlowKey key = new FlowKey();
        key.setIpv4(6, FlowKey.KIND_PORTS, 0x0A000001, 40_000, 0xC0000201, 443, 0);
        return key;
    }

    private static FlowKey ipv6InVlan() {
        final FlowKey key = new FlowKey();
        key.setIpv6(6, FlowKey.KIND_PORTS, 1, 2, 40_000, 3, 4, 443, 77);
        return key;
    }

    private void wrapLast() {
        final byte[] bytes = sent.getLast();
        assertTrue(view.wrap(MemorySegment.ofArray(bytes), 0, bytes.length));
    }

    @Test
    void shouldCarryAChunkWithItsFlow() {
        final byte[] blob = new byte[2_000];
        new SplittableRandom(1).nextBytes(blob);
        for (final FlowKey key : List.of(ipv4(), ipv6InVlan())) {
            final MovingFlow flow = new MovingFlow(key, -5, 0xFFFE);

            writer.sendChunk(9, ID, 8, 0x0403, flow, MemorySegment.ofArray(blob), 1);

            wrapLast();
            assertEquals(TransferDatagram.CHUNK, view.type());
            assertEquals(ID, view.id());
            assertEquals(8, view.host());
            assertEquals(0x0403, view.oldestOpen());
            assertEquals(flow, view.flow());
            assertEquals(2_000, view.blobLength());
            assertEquals(1_200, view.chunkOffset());
            assertEquals(800, view.chunkLength());
            final byte[] copy = new byte[2_000];
            view.copyChunk(MemorySegment.ofArray(copy));
            assertArrayEquals(
                    Arrays.copyOfRange(blob, 1_200, 2_000), Arrays.copyOfRange(copy, 1_200, 2_000));
        }
    }

    @Test
    void shouldCarryWhatHostAndForwarderSay() {
        writer.sendHave(9, ID, 8, 3, 5);
        wrapLast();
        assertEquals(3, view.firstMissing());
        assertEquals(5, view.present());

        writer.sendCommit(9, ID, 8, -7, 0xFFFF);
        wrapLast();
        assertEquals(-7, view.committedFlowId());
        assertEquals(0xFFFF, view.committedVersion());

        writer.sendReason(9, TransferDatagram.REFUSED, ID, 8, "no r\u00f6om");
        wrapLast();
        assertEquals("no r\u00f6om", view.reason());
    }

    @Test
    void shouldKeepItsBytes() {
        writer.sendCommit(9, ID, 8, 0x1122334455667788L, 0x99AA);

        assertEquals(
                "010900082635fbfe0000000000000405000000000000000001020003112233445566778899aa0000",
                HexFormat.of().formatHex(sent.getLast()));
    }

    @Test
    void shouldRefuseEveryFlippedBit() {
        writer.send(9, TransferDatagram.READY, ID, 8);
        writer.sendHave(9, ID, 8, 3, 5);
        writer.sendCommit(9, ID, 8, 1, 2);
        writer.sendReason(9, TransferDatagram.KEPT, ID, 8, "no room");
        writer.sendChunk(
                9, ID, 8, 2, new MovingFlow(ipv4(), 1, 2), MemorySegment.ofArray(new byte[99]), 0);

        for (final byte[] bytes : sent) {
            final MemorySegment datagram = MemorySegment.ofArray(bytes);
            assertTrue(view.wrap(datagram, 0, bytes.length));
            for (int bit = 0; bit < bytes.length * Byte.SIZE; bit++) {
                bytes[bit >> 3] ^= (byte) (1 << (bit & 7));
                assertFalse(view.wrap(datagram, 0, bytes.length), "bit " + bit);
                bytes[bit >> 3] ^= (byte) (1 << (bit & 7));
            }
            for (int length = 0; length < bytes.length; length++) {
                assertFalse(view.wrap(datagram, 0, length));
            }
        }
    }
}
