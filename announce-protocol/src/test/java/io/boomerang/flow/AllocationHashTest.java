package io.boomerang.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.stream.LongStream;

class AllocationHashTest {
    /// Those of the SipHash papers: the bytes 0 to 15.
    private static final HashKey KEY = new HashKey(0x0706050403020100L, 0x0F0E0D0C0B0A0908L);

    @Test
    void shouldBeTheFlowHashWithoutAKey() {
        assertEquals(0x0123456789ABCDEFL, AllocationHash.PLAIN.of(0x0123456789ABCDEFL));
        assertEquals(-1, new AllocationHash(null).of(-1));
    }

    @Test
    void shouldBeSipHash13OfTheFlowHashWithAKey() {
        final long flowHash = 0x0706050403020100L;

        assertEquals(
                FlowHashTest.reference(
                        1, 3, KEY.word0(), KEY.word1(), new byte[] {0, 1, 2, 3, 4, 5, 6, 7}),
                new AllocationHash(KEY).of(flowHash));
    }

    /// Whoever knows where flows were can not tell where they are with the next key.
    @Test
    void shouldSpreadFlowsAnewWithEachKey() {
        final AllocationHash one = new AllocationHash(KEY);
        final AllocationHash other = new AllocationHash(new HashKey(KEY.word0() + 1, KEY.word1()));

        final long differingBits =
                LongStream.range(0, 1_000)
                        .map(flow -> Long.bitCount(one.of(flow) ^ other.of(flow)))
                        .sum();

        assertNotEquals(one.of(1), other.of(1));
        assertTrue(differingBits > 31_000 && differingBits < 33_000, "bits " + differingBits);
    }

    @Test
    void shouldNotShowTheKey() {
        assertEquals("HashKey[...]", KEY.toString());
    }
}
