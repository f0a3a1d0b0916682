package io.boomerang.handoff.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.boomerang.handoff.Octets;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import java.util.SplittableRandom;

class ProgramMessageTest {
    private static final String GIVE =
            "42484e44010200030000000200000001" + "617069" + "0102" + "ff";

    private final MemorySegment memory = MemorySegment.ofArray(new byte[64]);

    @Test
    void shouldHaveTheDocumentedBytes() {
        final ProgramMessage message =
                new ProgramMessage(
                        ProgramMessage.GIVE,
                        "api",
                        Octets.of((byte) 1, (byte) 2),
                        Octets.of((byte) -1));
        memory.fill((byte) 0xA5);

        final int length = message.encode(memory);

        assertEquals(
                GIVE,
                HexFormat.of().formatHex(memory.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE)));
        assertEquals(message, ProgramMessage.decode(memory, length));
    }

    @Test
    void shouldRefuseEveryTruncationAndEveryOtherLength() {
        memory.asSlice(0, GIVE.length() / 2)
                .copyFrom(MemorySegment.ofArray(HexFormat.of().parseHex(GIVE)));

        for (int length = 0; length < 64; length++) {
            if (length != GIVE.length() / 2) {
                assertNull(ProgramMessage.decode(memory, length), "length " + length);
            }
        }
    }

    @Test
    void shouldReadAnyBytesWithoutAnException() {
        final SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 100_000; i++) {
            memory.asSlice(0, GIVE.length() / 2)
                    .copyFrom(MemorySegment.ofArray(HexFormat.of().parseHex(GIVE)));
            for (int change = random.nextInt(4); change >= 0; change--) {
                memory.set(ValueLayout.JAVA_BYTE, random.nextInt(24), (byte) random.nextInt());
            }
            final int length = random.nextInt(65);

            final ProgramMessage message = ProgramMessage.decode(memory, length);

            assertEquals(
                    message,
                    message == null ? null : ProgramMessage.decode(memory, message.encode(memory)));
        }
    }
}
