package io.boomerang.port;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.boomerang.wire.EtherType;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;

class FrameTagTest {
    @Test
    void shouldPutTheTagBehindTheAddresses() {
        final byte[] bytes =
                HexFormat.of()
                        .parseHex("a5a5a5a5" + "010203040506" + "0708090a0b0c" + "0800" + "45");

        final long start =
                FrameTag.putBack(MemorySegment.ofArray(bytes), 4, EtherType.PROVIDER_VLAN, 0xE007);

        assertEquals(0, start);
        assertEquals(
                "0102030405060708090a0b0c" + "88a8e007" + "0800" + "45",
                HexFormat.of().formatHex(bytes));
    }
}
