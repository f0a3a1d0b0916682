package io.boomerang.port;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;

import io.boomerang.port.PortOptions.Driver;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;

/// The packet path of a port allocates nothing, whatever comes.
class BurstAllocationIT {
    private static final int BURST = 64;
    private static final int BURSTS = 2_000;

    private final FrameBurst burst = new FrameBurst(BURST);
    private final TestNetwork network = TestNetwork.orSkip();

    @AfterEach
    void removeNetwork() {
        network.close();
    }

    @ParameterizedTest
    @EnumSource(value = Driver.class, mode = Mode.EXCLUDE, names = "AUTO")
    void shouldAllocateNothing(final Driver driver) throws PortException {
        TestNetwork.requireDriver(driver);
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final String name = network.pair("left", "sender", 1_500);
        final PortOptions options = PortOptions.DEFAULTS.withDriver(driver);
        final byte[] bytes = SentFrame.whole(new SplittableRandom(3), false, 17, 1, 60);
        final MemorySegment frame = MemorySegment.ofArray(SentFrame.partial(bytes, false, 17, 1));
        try (PacketPort port = PacketPorts.open(name, options);
                PacketPort far = PacketPorts.open(network.device("sender"), options)) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            final long nothing = threads.getCurrentThreadAllocatedBytes() - before;
            long allocated = Long.MAX_VALUE;

            // The compiler takes the native calls apart late.
            for (int round = 0; round < 100 && allocated > 0; round++) {
                final long start = threads.getCurrentThreadAllocatedBytes();
                passBursts(far, port, frame);
                allocated = threads.getCurrentThreadAllocatedBytes() - start - nothing;
            }

            assertEquals(0, allocated);
        }
    }

    private void passBursts(
            final PacketPort far, final PacketPort port, final MemorySegment frame) {
        final int length = (int) frame.byteSize();
        for (int i = 0; i < BURSTS; i++) {
            for (int sent = 0; sent < BURST; sent++) {
                far.transmit(frame, 0, length);
            }
            far.flush();
            while (port.receive(burst) > 0) {
                for (int j = 0; j < burst.size(); j++) {
                    port.transmit(burst.segment(j), burst.offset(j), burst.length(j));
                }
                port.flush();
            }
            far.receive(burst);
        }
    }
}
