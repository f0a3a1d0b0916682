package io.boomerang.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Ports of the loopback interface for members that start later. They are below those that the
/// kernel gives to whoever opens a connection: one of those could be taken before its member comes.
final class LoopbackPorts {
    private static final int FIRST = 12_000;
    private static final int COUNT = 16_000;

    private static final AtomicInteger TRIED =
            new AtomicInteger((int) (ProcessHandle.current().pid() % COUNT));

    private LoopbackPorts() {}

    /// So many that nobody has now; not given again by this process.
    static List<Integer> free(final int count) {
        final List<Integer> ports = new ArrayList<>();
        while (ports.size() < count) {
            final int port = FIRST + Math.floorMod(TRIED.getAndIncrement(), COUNT);
            try (ServerSocket socket =
                    new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                ports.add(socket.getLocalPort());
            } catch (final IOException _) {
                // somebody else has it
            }
        }
        return ports;
    }
}
