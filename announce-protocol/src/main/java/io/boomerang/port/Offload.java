package io.boomerang.port;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A feature of an interface that changes frames before they reach a port.
///
/// `struct ethtool_value` (linux/ethtool.h): the command, then a number; of the old commands for
/// flags the number has a bit for each feature.
enum Offload {
    /// Frames of one connection are merged.
    GENERIC_RECEIVE("generic receive offload", 0x2B, 0x2C, 1),
    /// The same by the card.
    LARGE_RECEIVE("large receive offload", 0x25, 0x26, 1 << 15),
    /// The card takes the VLAN tag out of the frame.
    RECEIVE_VLAN("receive VLAN offload", 0x25, 0x26, 1 << 8);

    private static final int VALUE_BYTES = 8;
    private static final int NUMBER = 4;

    private final String text;
    private final int get;
    private final int set;
    private final int bit;

    Offload(final String text, final int get, final int set, final int bit) {
        this.text = text;
        this.get = get;
        this.set = set;
        this.bit = bit;
    }

    boolean isOn(final NetworkDevice device) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment value = arena.allocate(VALUE_BYTES, Integer.BYTES);
            return device.ethtool(get, "get " + text, value)
                    && (value.get(JAVA_INT, NUMBER) & bit) != 0;
        }
    }

    /// Answers whether it is now as wished.
    boolean switchTo(final NetworkDevice device, final boolean on) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment value = arena.allocate(VALUE_BYTES, Integer.BYTES);
            if (device.ethtool(get, "get " + text, value)) {
                final int present = value.get(JAVA_INT, NUMBER);
                value.set(JAVA_INT, NUMBER, on ? present | bit : present & ~bit);
                device.ethtool(set, "set " + text, value);
            }
        }
        return isOn(device) == on;
    }

    @Override
    public String toString() {
        return text;
    }
}
