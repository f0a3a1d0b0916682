package io.boomerang.device;

import io.boomerang.blade.terminal.TerminalBlade;
import io.boomerang.port.FrameBurst;
import io.boomerang.port.PacketPort;
import io.boomerang.port.PacketPorts;
import io.boomerang.port.PortOptions;
import io.boomerang.port.PortOptions.Driver;
import io.boomerang.wire.EthernetHeader;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// The way to a kernel's TCP stack and back: one end of an interface pair. One thread.
final class KernelInterface implements AutoCloseable {
    /// Frames that are taken at a time.
    private static final int BURST = 128;

    /// What is taken when all is wanted: more than the ring of the interface holds.
    private static final int MOST_BURSTS = 64;

    /// The kernel's sockets send super-frames, which would be cut before AF_XDP sees them.
    private static final PortOptions PORT = PortOptions.DEFAULTS.withDriver(Driver.AF_PACKET);

    private final PacketPort port;
    private final long deviceMac;
    private final FrameBurst burst = new FrameBurst(BURST);
    private final EthernetHeader ethernet = new EthernetHeader();
    private long full;

    /// @param deviceMac of the kernel's end of the pair
    KernelInterface(final String name, final long deviceMac) throws IOException {
        this.deviceMac = deviceMac;
        port = PacketPorts.open(name, PORT);
    }

    /// Queues a frame for the kernel; its addresses become those of the pair.
    void send(final MemorySegment frame, final long offset, final int length) {
        final boolean _ = ethernet.wrap(frame, offset, offset + length);
        ethernet.setDestination(deviceMac);
        ethernet.setSource(MacAddress.OWN);
        full += port.transmit(frame, offset, length) ? 0 : 1;
    }

    /// Gives the kernel what is queued.
    void flush() {
        port.flush();
    }

    /// Gives the blade what the kernel has sent, one burst of it; answers how much that was.
    int receive(final TerminalBlade blade, final long nowNs) {
        port.receive(burst);
        for (int i = 0; i < burst.size(); i++) {
            blade.transmit(burst.segment(i), burst.offset(i), burst.length(i), nowNs);
        }
        return burst.size();
    }

    /// Gives the blade all that the kernel has sent.
    void drain(final TerminalBlade blade, final long nowNs) {
        int bursts = 1;
        while (receive(blade, nowNs) == BURST && bursts < MOST_BURSTS) {
            bursts++;
        }
    }

    /// Of the interface, in bytes.
    int mtu() {
        return port.mtu();
    }

    /// Readable when there is something to {@link #receive}.
    int[] descriptors() {
        return port.descriptors();
    }

    /// Frames that the interface did not take.
    long fullCount() {
        return full;
    }

    /// For a log.
    String summary() {
        return "to_kernel=" + port.counters() + " interface_full=" + full;
    }

    @Override
    public void close() {
        port.close();
    }
}
