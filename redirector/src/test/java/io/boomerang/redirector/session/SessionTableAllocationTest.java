package io.boomerang.redirector.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;

import io.boomerang.announce.TcpPhase;
import io.boomerang.flow.FlowKey;

import org.junit.jupiter.api.Test;

import java.lang.management.ManagementFactory;

class SessionTableAllocationTest {
    private static final int BURST = 32;
    private static final int ROUNDS = 2_000;

    private final FlowKey[] keys = new FlowKey[BURST];
    private final long[] hashes = new long[BURST];
    private final long[] found = new long[BURST];

    @Test
    void shouldAllocateNothingOnceItStands() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < BURST; i++) {
            keys[i] = new FlowKey();
        }
        try (SessionTable table =
                new SessionTable(256, Flows.HASH::hash, (hash, _) -> (hash & 1) == 0)) {
            final SessionReader reader = table.newReader();
            work(table, reader);
            final long before = threads.getCurrentThreadAllocatedBytes();
            final long reading = threads.getCurrentThreadAllocatedBytes() - before;

            work(table, reader);

            final long allocated = threads.getCurrentThreadAllocatedBytes() - before - reading;
            assertEquals(0, allocated / ROUNDS, "bytes per burst");
        }
    }

    /// Every kind of call, every way of eviction.
    private void work(final SessionTable table, final SessionReader reader) {
        for (int round = 0; round < ROUNDS; round++) {
            final long nowNs = round * 10_000_000L;
            for (int i = 0; i < BURST; i++) {
                Flows.setIpv4(keys[i], round * 16 + i);
                hashes[i] = Flows.HASH.hash(keys[i]);
            }
            table.findBurst(keys, hashes, BURST, found);
            for (int i = 0; i < BURST; i++) {
                final TcpPhase phase = i % 5 == 0 ? TcpPhase.EMBRYONIC : TcpPhase.ESTABLISHED;
                table.install(
                        keys[i], hashes[i], Origin.DECIDED, round, 1 + i, 1, i, 500, phase, nowNs);
                if (i % 7 == 0) {
                    table.close(keys[i], hashes[i], round, 7, i, 1, nowNs);
                }
                reader.find(keys[i], hashes[i]);
            }
            table.expire(nowNs, 16);
        }
    }
}
