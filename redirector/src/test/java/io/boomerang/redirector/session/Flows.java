package io.boomerang.redirector.session;

import io.boomerang.flow.FlowHash;
import io.boomerang.flow.FlowKey;

/// Flow keys by number, for tests and benchmarks.
final class Flows {
    static final FlowHash HASH = new FlowHash(0x0706050403020100L, 0x0F0E0D0C0B0A0908L);

    private static final int TCP = 6;
    private static final int SERVER = 0x0A000001;
    private static final int SERVER_PORT = 443;
    private static final int FIRST_CLIENT = 0x0B000000;
    private static final int PORTS_PER_CLIENT = 1 << 14;
    private static final int FIRST_PORT = 1_024;

    private Flows() {}

    /// Different numbers from 0 give different flows.
    static void setIpv4(final FlowKey key, final int number) {
        final int client = FIRST_CLIENT + number / PORTS_PER_CLIENT;
        final int port = FIRST_PORT + number % PORTS_PER_CLIENT;
        key.setIpv4(TCP, FlowKey.KIND_PORTS, client, port, SERVER, SERVER_PORT, 0);
    }

    static FlowKey ipv4(final int number) {
        final FlowKey key = new FlowKey();
        setIpv4(key, number);
        return key;
    }

    static FlowKey ipv6(final int number) {
        final FlowKey key = new FlowKey();
        key.setIpv6(
                TCP,
                FlowKey.KIND_PORTS,
                0x2001_0DB8_0000_0000L,
                number + 1L,
                FIRST_PORT,
                0x2001_0DB8_0000_0001L,
                1,
                SERVER_PORT,
                0);
        return key;
    }
}
