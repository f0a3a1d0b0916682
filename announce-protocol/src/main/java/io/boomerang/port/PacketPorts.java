package io.boomerang.port;

import io.boomerang.linux.Errno;
import io.boomerang.linux.SystemCallException;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

import java.io.IOException;
import java.lang.foreign.Arena;

/// Opens ports on network interfaces.
public final class PacketPorts {
    /// Longest MTU of an interface that a port is opened on, in bytes.
    public static final int MOST_MTU = 16_000;

    private static final Logger LOG = LogManager.getLogger(PacketPorts.class);

    private PacketPorts() {}

    /// Opens a port on an interface of this thread's network namespace.
    ///
    /// @throws PortException when there is no such interface, it is no Ethernet interface, its MTU
    ///   is longer than {@link #MOST_MTU}, this process lacks the capability CAP_NET_RAW, or the
    ///   kernel refuses something else; the message says which
    public static PacketPort open(final String name, final PortOptions options)
            throws PortException {
        try (NetworkDevice device = NetworkDevice.ethernet(name)) {
            if (device.mtu() > MOST_MTU) {
                throw new PortException(
                        name,
                        "MTU "
                                + device.mtu()
                                + " is longer than "
                                + MOST_MTU
                                + ", set a shorter one");
            }
            final PacketPort port =
                    switch (options.driver()) {
                        case AUTO -> best(device, options);
                        case AF_XDP -> xdp(device, options);
                        case AF_PACKET -> packetSocket(device, options);
                    };
            LOG.info(
                    "port={} kind={} mtu={} receive_frames={} transmit_frames={} up={}",
                    name,
                    port.kind(),
                    port.mtu(),
                    options.receiveFrames(),
                    options.transmitFrames(),
                    device.isUp());
            return port;
        } catch (final SystemCallException e) {
            throw new PortException(name, "the interface cannot be asked", e);
        }
    }

    private static PacketPort best(final NetworkDevice device, final PortOptions options)
            throws PortException {
        try {
            return XdpOpener.open(device, options);
        } catch (final IOException e) {
            LOG.info("port={} no AF_XDP: {}", device.name(), e.getMessage());
            return packetSocket(device, options);
        }
    }

    private static PacketPort xdp(final NetworkDevice device, final PortOptions options)
            throws PortException {
        try {
            return XdpOpener.open(device, options);
        } catch (final IOException e) {
            throw new PortException(device.name(), "no AF_XDP", e);
        }
    }

    private static PacketPort packetSocket(final NetworkDevice device, final PortOptions options)
            throws PortException {
        final Arena arena = Arena.ofShared();
        final Offloads offloads = new Offloads(device.name());
        try {
            final PacketSocket socket = new PacketSocket(arena, device, options);
            offloads.switchOff(device, Offload.GENERIC_RECEIVE);
            offloads.switchOff(device, Offload.LARGE_RECEIVE);
            return new PacketSocketPort(arena, socket, offloads, options);
        } catch (final SystemCallException e) {
            arena.close();
            throw e.errno() == Errno.EPERM
                    ? new PortException(device.name(), "a packet socket needs CAP_NET_RAW", e)
                    : new PortException(device.name(), "the kernel gives no packet socket", e);
        }
    }
}
