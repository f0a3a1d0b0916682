package io.boomerang.wire;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// How header fields lie in memory: big-endian, at any address.
public final class NetworkOrder {
    public static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    public static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    public static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    public static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private NetworkOrder() {}
}
