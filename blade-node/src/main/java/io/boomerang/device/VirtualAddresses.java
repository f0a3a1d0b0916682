package io.boomerang.device;

import io.boomerang.flow.FlowKey;
import io.boomerang.wire.NetworkOrder;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;

/// The addresses at which connections end in the chassis. Few: each packet is compared with all.
final class VirtualAddresses {
    private final boolean[] ipv6;
    private final long[] high;
    private final long[] low;

    VirtualAddresses(final Collection<InetAddress> addresses) {
        final List<InetAddress> distinct = addresses.stream().distinct().toList();
        ipv6 = new boolean[distinct.size()];
        high = new long[distinct.size()];
        low = new long[distinct.size()];
        for (int i = 0; i < distinct.size(); i++) {
            final MemorySegment bytes = MemorySegment.ofArray(distinct.get(i).getAddress());
            ipv6[i] = bytes.byteSize() > Integer.BYTES;
            high[i] = ipv6[i] ? bytes.get(NetworkOrder.LONG, 0) : 0;
            low[i] =
                    ipv6[i]
                            ? bytes.get(NetworkOrder.LONG, Long.BYTES)
                            : Integer.toUnsignedLong(bytes.get(NetworkOrder.INT, 0));
        }
    }

    /// Whether one end of the flow has such an address.
    boolean isEndOf(final FlowKey key) {
        for (int i = 0; i < low.length; i++) {
            if (ipv6[i] == key.isIpv6()
                    && (low[i] == key.aLow() && high[i] == key.aHigh()
                            || low[i] == key.bLow() && high[i] == key.bHigh())) {
                return true;
            }
        }
        return false;
    }
}
