package io.boomerang.wire;

import static io.boomerang.wire.RecordedFrames.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;

class TunnelHeadersTest {
    @Test
    void shouldReadGreWithEveryField() {
        final MemorySegment header = segment("b000 6558 1234 0000 0000002a 00000001");
        final GreHeader gre = new GreHeader();

        assertTrue(gre.wrap(header, 0, 16));
        assertEquals(0, gre.version());
        assertEquals(EtherType.TRANSPARENT_ETHERNET, gre.protocol());
        assertEquals(42, gre.key());
        assertTrue(gre.hasKey());
        assertTrue(gre.hasSequence());
        assertFalse(gre.hasRouting());
        assertEquals(16, gre.headerLength());
        assertFalse(gre.wrap(header, 0, 15));
    }

    @Test
    void shouldReadPlainGre() {
        final MemorySegment header = segment("0000 0800");
        final GreHeader gre = new GreHeader();

        assertTrue(gre.wrap(header, 0, 4));
        assertEquals(4, gre.headerLength());
        assertFalse(gre.hasKey());
        assertEquals(0, gre.key());
    }

    @Test
    void shouldReadTheGreOfPptp() {
        final MemorySegment header = segment("3081 880b 0010 0007 00000001 00000002");
        final GreHeader gre = new GreHeader();

        assertTrue(gre.wrap(header, 0, 16));
        assertEquals(1, gre.version());
        assertEquals(EtherType.PPTP_PPP, gre.protocol());
        assertEquals(0x00100007, gre.key());
        assertEquals(16, gre.headerLength());
    }

    @Test
    void shouldReadGeneve() {
        final MemorySegment header = segment("02 c0 6558 00002a 00 0102 03 01 deadbeef");
        final GeneveHeader geneve = new GeneveHeader();

        assertTrue(geneve.wrap(header, 0, 16));
        assertEquals(0, geneve.version());
        assertEquals(8, geneve.optionsLength());
        assertEquals(16, geneve.headerLength());
        assertTrue(geneve.isControl());
        assertTrue(geneve.isCritical());
        assertEquals(EtherType.TRANSPARENT_ETHERNET, geneve.protocol());
        assertEquals(42, geneve.networkIdentifier());
        assertFalse(geneve.wrap(header, 0, 15));
    }

    @Test
    void shouldWriteGeneve() {
        final MemorySegment header = segment("a5".repeat(9));
        final GeneveHeader geneve = new GeneveHeader();

        geneve.write(header, 0, 252, true, EtherType.TRANSPARENT_ETHERNET, 0xFEDCBA);

        assertEquals(0x3F406558, header.get(NetworkOrder.INT, 0));
        assertEquals(0xFEDCBA00, header.get(NetworkOrder.INT, 4));
        assertEquals((byte) 0xA5, header.get(NetworkOrder.BYTE, 8));
        assertEquals(252, geneve.optionsLength());
        assertEquals(0xFEDCBA, geneve.networkIdentifier());
    }
}
