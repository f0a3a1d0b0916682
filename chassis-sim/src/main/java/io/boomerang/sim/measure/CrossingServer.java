package io.boomerang.sim.measure;

import io.boomerang.port.FrameBurst;
import io.boomerang.port.PacketPort;
import io.boomerang.port.PacketPorts;
import io.boomerang.port.PortException;
import io.boomerang.port.PortOptions;
import io.boomerang.port.PortOptions.Driver;
import io.boomerang.port.PortWait;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Sends each frame of a {@link CrossingClient} back.
public final class CrossingServer {
    /// What it says when it is there.
    static final String READY = "ready";

    private static final int BURST = 256;
    private static final int WAIT_MS = 100;

    private CrossingServer() {}

    /// Works until the stream ends, by the interface of that name.
    ///
    /// @param out hears when it has begun
    public static void run(
            final String interfaceName, final InputStream untilEnd, final PrintWriter out)
            throws PortException {
        final Thread end =
                Thread.ofPlatform()
                        .daemon()
                        .name("end")
                        .start(() -> {
                            try {
                                untilEnd.readAllBytes();
                            } catch (final IOException _) {
                                // As good as its end.
                            }
                        });
        final PortOptions options = PortOptions.DEFAULTS.withDriver(Driver.AF_PACKET);
        try (PacketPort port = PacketPorts.open(interfaceName, options);
                PortWait wait = new PortWait(List.of(port))) {
            out.println(READY);
            out.flush();
            final FrameBurst burst = new FrameBurst(BURST);
            while (end.isAlive()) {
                final int received = port.receive(burst);
                for (int i = 0; i < received; i++) {
                    final MemorySegment frame = burst.segment(i);
                    final long offset = burst.offset(i);
                    final int length = burst.length(i);
                    if (CrossingFrames.isOne(frame, offset, length)) {
                        CrossingFrames.turn(frame, offset);
                        port.transmit(frame, offset, length);
                    }
                }
                port.flush();
                if (received == 0) {
                    wait.await(WAIT_MS);
                }
            }
        }
    }
}
