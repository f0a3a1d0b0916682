package io.boomerang.conntrack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.conntrack.ConntrackMessage.Kind;
import io.boomerang.flow.FlowKey;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;

@EnabledIf(value = "isLittleEndian", disabledReason = "the events were recorded on such a machine")
class ConntrackMessageTest {
    private static final int SEEDS = 20_000;
    private static final int DESTROY_TYPE = 0x0102;
    private static final int TYPE = 4;

    private final Arena arena = Arena.ofConfined();
    private final ConntrackMessage message = new ConntrackMessage();
    private final FlowKey key = new FlowKey();

    static boolean isLittleEndian() {
        return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    }

    @AfterEach
    void closeArena() {
        arena.close();
    }

    private void read(final String hex, final Kind kind) {
        final MemorySegment bytes = GoldenEvents.segment(arena, hex);
        assertTrue(message.read(bytes, 0, bytes.byteSize()));
        assertEquals(kind, message.kind());
        assertEquals(bytes.byteSize(), message.length());
    }

    private String original() {
        return (message.original().writeKey(key) ? "b->a " : "a->b ") + key;
    }

    private String farSide() {
        return (message.reply().writeReversedKey(key) ? "b->a " : "a->b ") + key;
    }

    @Test
    void shouldReadATranslatedConnection() {
        read(GoldenEvents.NEW_TCP, Kind.NEW);

        assertEquals("a->b tcp 10.0.1.2:40000 <-> 10.0.2.2:21", original());
        assertEquals("a->b tcp 10.0.2.1:40000 <-> 10.0.2.2:21", farSide());
        assertEquals(6, message.original().protocol());
    }

    @Test
    void shouldTellAChangeFromABeginning() {
        read(GoldenEvents.UPDATE_TCP, Kind.STATE);

        assertEquals("a->b tcp 10.0.1.2:40000 <-> 10.0.2.2:21", original());
    }

    @Test
    void shouldReadTheEndOfAConnection() {
        final MemorySegment bytes = GoldenEvents.segment(arena, GoldenEvents.NEW_TCP);
        bytes.set(ValueLayout.JAVA_SHORT, TYPE, (short) DESTROY_TYPE);

        assertTrue(message.read(bytes, 0, bytes.byteSize()));

        assertEquals(Kind.DESTROY, message.kind());
        assertEquals("a->b tcp 10.0.1.2:40000 <-> 10.0.2.2:21", original());
    }

    @Test
    void shouldReadQueriesWithTheirIdentifier() {
        read(GoldenEvents.NEW_ICMP, Kind.NEW);
        assertEquals("a->b icmp id 4660 10.0.1.2 <-> 10.0.2.2", original());
        assertEquals("a->b icmp id 4660 10.0.2.1 <-> 10.0.2.2", farSide());

        read(GoldenEvents.NEW_ICMPV6, Kind.NEW);
        assertEquals(
                "a->b icmp6 id 4660 2001:db8:1:0:0:0:0:2 <-> 2001:db8:2:0:0:0:0:2", original());
        assertEquals("a->b icmp6 id 4660 2001:db8:2:0:0:0:0:1 <-> 2001:db8:2:0:0:0:0:2", farSide());
    }

    @Test
    void shouldReadIpv6() {
        read(GoldenEvents.NEW_UDP6, Kind.NEW);

        assertEquals(
                "a->b udp [2001:db8:1:0:0:0:0:2]:5000 <-> [2001:db8:2:0:0:0:0:2]:53", original());
        assertEquals(
                "a->b udp [2001:db8:2:0:0:0:0:1]:5000 <-> [2001:db8:2:0:0:0:0:2]:53", farSide());
    }

    @Test
    void shouldReadAnExpectation() {
        read(GoldenEvents.EXPECT_FTP, Kind.EXPECT);

        assertEquals(300, message.timeoutSeconds());
        assertEquals("b->a tcp 10.0.2.1:51220 <-> 10.0.2.2:0", original());
        assertFalse(message.master().writeKey(key));
        assertEquals("tcp 10.0.1.2:40000 <-> 10.0.2.2:21", key.toString());
    }

    @Test
    void shouldReadSeveralMessagesOfOneDatagram() {
        final MemorySegment first = GoldenEvents.segment(arena, GoldenEvents.NEW_ICMP);
        final MemorySegment second = GoldenEvents.segment(arena, GoldenEvents.NEW_UDP6);
        final MemorySegment both = arena.allocate(first.byteSize() + second.byteSize(), 8);
        both.copyFrom(first);
        MemorySegment.copy(second, 0, both, first.byteSize(), second.byteSize());

        assertTrue(message.read(both, 0, both.byteSize()));
        assertEquals(first.byteSize(), message.length());
        assertTrue(message.read(both, message.length(), both.byteSize()));
        assertEquals(17, message.original().protocol());
    }

    @Test
    void shouldRefuseEveryTruncation() {
        for (final String hex : List.of(GoldenEvents.NEW_TCP, GoldenEvents.EXPECT_FTP)) {
            final MemorySegment whole = GoldenEvents.segment(arena, hex);
            for (int length = 0; length < whole.byteSize(); length++) {
                final MemorySegment part = arena.allocate(Math.max(1, length), 8);
                MemorySegment.copy(whole, 0, part, 0, length);

                assertFalse(message.read(part, 0, length), "of " + length + " bytes");
                assertEquals(length, message.length());
            }
        }
    }

    @Test
    void shouldStandAnyBytes() {
        final List<String> all =
                List.of(
                        GoldenEvents.NEW_TCP,
                        GoldenEvents.EXPECT_FTP,
                        GoldenEvents.NEW_ICMPV6,
                        GoldenEvents.NEW_UDP6);
        final long only = Long.getLong("seed", -1);
        for (long seed = only < 0 ? 0 : only; seed < (only < 0 ? SEEDS : only + 1); seed++) {
            final Random random = new Random(seed);
            final byte[] bytes = GoldenEvents.bytes(all.get(random.nextInt(all.size())));
            for (int i = random.nextInt(8); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            final MemorySegment segment = MemorySegment.ofArray(bytes);

            long at = 0;
            while (at < bytes.length) {
                final boolean legal = message.read(segment, at, bytes.length);
                assertTrue(message.length() > 0, "seed " + seed);
                at += message.length();
                if (legal && message.kind() == Kind.NEW) {
                    message.original().writeKey(key);
                    message.reply().writeReversedKey(key);
                }
            }
            assertEquals(bytes.length, at, "seed " + seed);
        }
    }
}
