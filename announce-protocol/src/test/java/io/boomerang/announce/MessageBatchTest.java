package io.boomerang.announce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.DecodeResult.Decoded;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.TreeMap;

class MessageBatchTest {
    private static final int LIMIT = 1_024;

    @Test
    void shouldFillUpToItsLimitAndNoFurther() {
        final MessageBatch batch = new MessageBatch(LIMIT);

        while (batch.append(new EpochInstalled(1))) {
            assertTrue(batch.seal() <= LIMIT);
        }

        assertEquals((LIMIT - MessageCodec.HEADER_LENGTH) / 9, batch.count());
        assertTrue(batch.buffer().length <= LIMIT);
    }

    @Test
    void shouldTakeAnOversizeMessageOnlyAloneAndGiveItsMemoryBack() {
        final MessageBatch batch = new MessageBatch(LIMIT);
        final ControlMessage table =
                new BucketTableUpdate(
                        1, new RandomMessages(Seeds.random(1)).blades(65_536), new TreeMap<>());

        assertTrue(batch.append(new EpochInstalled(1)));
        assertFalse(batch.append(table));
        batch.clear();
        assertTrue(batch.append(table));
        assertFalse(batch.append(new EpochInstalled(1)));

        assertEquals(
                new Decoded(List.of(table)),
                MessageCodec.decode(batch.buffer(), 0, batch.seal(), FormatRange.CURRENT));
        batch.clear();
        assertTrue(batch.buffer().length <= LIMIT);
    }

    @Test
    void shouldKeepTheFormatInWhichItWasBegun() {
        final MessageBatch batch = new MessageBatch(LIMIT);
        batch.setFormat(1);
        batch.append(new EpochInstalled(1));

        assertThrows(IllegalStateException.class, () -> batch.setFormat(2));
    }

    @Test
    void shouldRefuseWhatItsFormatDoesNotHave() {
        final MessageBatch batch = new MessageBatch(LIMIT);
        batch.setFormat(1);

        assertThrows(
                IllegalArgumentException.class, () -> batch.append(new DigestDifference(1, 1)));
    }

    @Test
    void shouldSealAnEmptyBatch() {
        final MessageBatch batch = new MessageBatch(LIMIT);

        assertEquals(
                new Decoded(List.of()),
                MessageCodec.decode(batch.buffer(), 0, batch.seal(), FormatRange.CURRENT));
    }
}
