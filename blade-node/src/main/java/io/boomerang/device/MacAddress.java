package io.boomerang.device;

/// Addresses of Ethernet interfaces, in the low 48 bits of a number.
final class MacAddress {
    /// Where packets for a device come from; nobody answers to it.
    static final long OWN = 0x02_00_00_00_00_00L;

    private static final long GROUP_BIT = 1L << 40;
    private static final long MOST = (1L << 48) - 1;

    private MacAddress() {}

    /// @throws IllegalArgumentException when it is not the address of one interface
    static void requireUnicast(final long address) {
        if (address <= 0 || address > MOST || (address & GROUP_BIT) != 0) {
            throw new IllegalArgumentException("the MAC address is not that of one interface");
        }
    }
}
