package io.boomerang.blade.processor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.flow.Side;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;

class LinkHeadersTest {
    private static final String PLAIN = "0a0000000001" + "0b0000000002" + "0800";
    private static final String TAGGED = "0a0000000001" + "0b0000000002" + "81000064" + "86dd";

    private final LinkHeaders headers = new LinkHeaders();

    private static byte[] bytes(final String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private boolean keep(final Side from, final String hex) {
        final byte[] header = bytes(hex);
        return headers.keep(from, MemorySegment.ofArray(header), 0, header.length);
    }

    private byte[] written(final Side from) {
        final byte[] frame = new byte[LinkHeaders.MAX_BYTES];
        Arrays.fill(frame, (byte) 0xA5);
        headers.write(from, MemorySegment.ofArray(frame), 0);
        return Arrays.copyOf(frame, headers.length(from));
    }

    @Test
    void shouldGiveBackWhatCameInOnTheSameWay() {
        assertTrue(keep(Side.INGRESS, PLAIN));
        assertTrue(keep(Side.EGRESS, TAGGED));

        assertArrayEquals(bytes(PLAIN), written(Side.INGRESS));
        assertArrayEquals(bytes(TAGGED), written(Side.EGRESS));
    }

    @Test
    void shouldTurnTheOtherDirectionRoundAsLongAsNothingElseIsKnown() {
        assertTrue(keep(Side.INGRESS, TAGGED));

        assertArrayEquals(
                bytes("0b0000000002" + "0a0000000001" + "81000064" + "86dd"), written(Side.EGRESS));
    }

    @Test
    void shouldKnowNothingOfAnotherFlow() {
        assertTrue(keep(Side.INGRESS, PLAIN));
        headers.clear();

        assertEquals(0, headers.length(Side.INGRESS));
        assertEquals(0, headers.length(Side.EGRESS));
    }

    @Test
    void shouldRefuseWhatIsNotEthernetWithTags() {
        final String pppoe = "0a0000000001" + "0b0000000002" + "8864" + "110000010016" + "0021";
        final String threeTags =
                "0a0000000001" + "0b0000000002" + "88a80001" + "81000002" + "81000003" + "0800";

        assertFalse(keep(Side.INGRESS, pppoe));
        assertFalse(keep(Side.INGRESS, threeTags));
        assertFalse(keep(Side.INGRESS, "0800"));
        assertEquals(0, headers.length(Side.INGRESS));
    }

    @Test
    void shouldGoOnOnAnotherBlade() {
        assertTrue(keep(Side.INGRESS, TAGGED));
        assertTrue(keep(Side.EGRESS, PLAIN));
        final byte[] moved = headers.toBytes();
        headers.clear();

        assertTrue(headers.takeOver(moved));

        assertArrayEquals(bytes(TAGGED), written(Side.INGRESS));
        assertArrayEquals(bytes(PLAIN), written(Side.EGRESS));
    }

    @Test
    void shouldTakeNothingOverThatItHasNotWritten() {
        assertTrue(keep(Side.INGRESS, TAGGED));
        final byte[] moved = headers.toBytes();

        for (int length = 0; length < moved.length; length++) {
            assertFalse(headers.takeOver(Arrays.copyOf(moved, length)));
            assertEquals(0, headers.length(Side.INGRESS));
        }
        assertFalse(headers.takeOver(Arrays.copyOf(moved, moved.length + 1)));
        moved[0]++;
        assertFalse(headers.takeOver(moved));
    }
}
