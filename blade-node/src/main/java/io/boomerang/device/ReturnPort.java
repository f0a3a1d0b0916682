package io.boomerang.device;

import io.boomerang.port.FrameBurst;
import io.boomerang.port.PacketPort;
import io.boomerang.port.PacketPorts;
import io.boomerang.port.PortOptions;
import io.boomerang.port.PortOptions.Driver;
import io.boomerang.wire.EthernetHeader;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.NetworkInterface;

/// A host's own port on the clients' side, by which its answers leave without a redirector. What
/// arrives there is not for it. One thread.
///
/// Frames leave with the interface's own source address: switches that learnt there the address of
/// the far side would bring the clients' packets here.
final class ReturnPort implements AutoCloseable {
    private static final int BURST = 64;

    /// Only that one leaves what arrives to the machine's own stack.
    private static final PortOptions PORT = PortOptions.DEFAULTS.withDriver(Driver.AF_PACKET);

    private final PacketPort port;
    private final long ownMac;
    private final FrameBurst arrived = new FrameBurst(BURST);
    private final EthernetHeader ethernet = new EthernetHeader();
    private long sent;

    /// @param mtu of what the answers come from, in bytes
    ReturnPort(final String name, final int mtu) throws IOException {
        port = PacketPorts.open(name, PORT);
        try {
            ownMac = macOf(name);
            if (port.mtu() < mtu) {
                throw new IOException(
                        "return-interface "
                                + name
                                + " carries packets of "
                                + port.mtu()
                                + " bytes, and they may have "
                                + mtu);
            }
        } catch (final IOException e) {
            port.close();
            throw e;
        }
    }

    private static long macOf(final String name) throws IOException {
        final @Nullable NetworkInterface card = NetworkInterface.getByName(name);
        final byte[] address = card == null ? null : card.getHardwareAddress();
        if (address == null) {
            throw new IOException("return-interface " + name + " has no MAC address");
        }
        long mac = 0;
        for (final byte octet : address) {
            mac = mac << Byte.SIZE | Byte.toUnsignedLong(octet);
        }
        return mac;
    }

    /// Queues a frame; false when the interface takes no more.
    boolean transmit(final MemorySegment frame, final long offset, final int length) {
        final boolean _ = ethernet.wrap(frame, offset, offset + length);
        ethernet.setSource(ownMac);
        final boolean taken = port.transmit(frame, offset, length);
        sent += taken ? 1 : 0;
        return taken;
    }

    /// Gives the interface what is queued, and forgets what has arrived.
    void flush() {
        port.flush();
        port.receive(arrived);
    }

    /// Frames that have left by it.
    long sentCount() {
        return sent;
    }

    @Override
    public void close() {
        port.close();
    }
}
