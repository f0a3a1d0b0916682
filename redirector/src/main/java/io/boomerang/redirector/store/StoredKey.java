package io.boomerang.redirector.store;

import io.boomerang.announce.KeyCodec;
import io.boomerang.flow.FlowKey;
import io.boomerang.wire.NetworkOrder;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// A flow key in a record: shape and protocol (a byte each), VLAN domain (4), then the body as
/// {@link KeyCodec} has it, in the room of an IPv6 one.
public final class StoredKey {
    public static final int BYTES = 2 + 4 + KeyCodec.IPV6_BODY_LENGTH;

    private static final int PROTOCOL = 1;
    private static final int VLAN_DOMAIN = 2;
    private static final int BODY = 6;

    private StoredKey() {}

    public static void write(final FlowKey key, final MemorySegment bytes, final long offset) {
        for (int i = BODY + KeyCodec.IPV4_BODY_LENGTH; i < BYTES; i++) {
            bytes.set(NetworkOrder.BYTE, offset + i, (byte) 0);
        }
        bytes.set(NetworkOrder.BYTE, offset, (byte) KeyCodec.shapeOf(key));
        bytes.set(NetworkOrder.BYTE, offset + PROTOCOL, (byte) key.protocol());
        bytes.set(NetworkOrder.INT, offset + VLAN_DOMAIN, key.vlanDomain());
        KeyCodec.writeBody(key, bytes, offset + BODY);
    }

    /// The key at this place; null when no key looks like that.
    public static @Nullable FlowKey read(final MemorySegment bytes, final long offset) {
        final int shape = bytes.get(NetworkOrder.BYTE, offset);
        final int vlanDomain = bytes.get(NetworkOrder.INT, offset + VLAN_DOMAIN);
        if ((shape & ~KeyCodec.SHAPE_MASK) != 0
                || !KeyCodec.isLegalShape(shape)
                || ((shape & KeyCodec.VLAN_BIT) != 0) != (vlanDomain != 0)
                || !KeyCodec.isLegalBody(shape, bytes, offset + BODY)) {
            return null;
        }
        final FlowKey key = new FlowKey();
        KeyCodec.readBody(
                shape,
                Byte.toUnsignedInt(bytes.get(NetworkOrder.BYTE, offset + PROTOCOL)),
                vlanDomain,
                bytes,
                offset + BODY,
                key);
        return key;
    }
}
