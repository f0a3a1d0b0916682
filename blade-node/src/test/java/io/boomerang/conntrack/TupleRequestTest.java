package io.boomerang.conntrack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.flow.FlowKey;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;

class TupleRequestTest {
    private static final int IPV4 = 0x0A000102;
    private static final int OTHER_IPV4 = 0x0A000202;
    private static final long IPV6_HIGH = 0x20010DB8_00010000L;

    private final MemorySegment request = MemorySegment.ofArray(new byte[TupleRequest.MAX_BYTES]);
    private final FlowKey key = new FlowKey();
    private final FlowKey read = new FlowKey();
    private final AttributeCursor cursor = new AttributeCursor();
    private final ConntrackTuple tuple = new ConntrackTuple();

    private boolean directionOf(final int length) {
        request.asSlice(length).fill((byte) 0xA5);
        cursor.wrap(request, ConntrackMessage.HEADER_BYTES + ConntrackMessage.FAMILY_BYTES, length);
        assertTrue(cursor.advance());
        assertEquals(ConntrackMessage.CTA_TUPLE_ORIG, cursor.type());
        assertTrue(tuple.read(cursor));
        return tuple.writeKey(read);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldAskForTheTupleOfAPacket(final boolean fromB) {
        key.setIpv4(6, FlowKey.KIND_PORTS, IPV4, 40_000, OTHER_IPV4, 80, 0);
        assertEquals(fromB, directionOf(TupleRequest.write(request, key, fromB)));
        assertEquals(key, read);

        key.setIpv6(17, FlowKey.KIND_PORTS, IPV6_HIGH, 2, 5_000, IPV6_HIGH, 3, 53, 0);
        assertEquals(fromB, directionOf(TupleRequest.write(request, key, fromB)));
        assertEquals(key, read);

        key.setIpv4(1, FlowKey.KIND_IDENTIFIER, IPV4, 77, OTHER_IPV4, 77, 0);
        assertEquals(fromB, directionOf(TupleRequest.write(request, key, fromB)));
        assertEquals(key, read);

        key.setIpv6(58, FlowKey.KIND_IDENTIFIER, IPV6_HIGH, 2, 77, IPV6_HIGH, 3, 77, 0);
        assertEquals(fromB, directionOf(TupleRequest.write(request, key, fromB)));
        assertEquals(key, read);

        key.setIpv4(47, FlowKey.KIND_ADDRESSES, IPV4, 0, OTHER_IPV4, 0, 0);
        assertEquals(fromB, directionOf(TupleRequest.write(request, key, fromB)));
        assertEquals(key, read);
    }

    @Test
    void shouldAskForNothingThatNoTupleHas() {
        key.setIpv4(58, FlowKey.KIND_IDENTIFIER, IPV4, 77, OTHER_IPV4, 77, 0);

        assertEquals(0, TupleRequest.write(request, key, false));
    }
}
