package io.boomerang.port;

import io.boomerang.bpf.Bpf;
import io.boomerang.linux.Errno;
import io.boomerang.linux.SystemCallException;
import io.boomerang.linux.SystemCalls;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/// Opens a port by AF_XDP step by step; when one fails, undoes those before.
final class XdpOpener {
    private static final int BPF_MAP_TYPE_XSKMAP = 17;

    /// linux/if_link.h: in the driver, not in front of the kernel's protocols, where tags and
    /// checksums are beside the frame already.
    private static final int XDP_FLAGS_DRV_MODE = 1 << 2;

    /// What the kernel leaves free in front of each frame in its place.
    private static final int HEADROOM = 256;

    private static final int SMALL_PLACE = 2_048;
    private static final int LARGE_PLACE = 4_096;

    private final NetworkDevice device;
    private final PortOptions options;
    private final Arena arena = Arena.ofShared();
    private final SystemCalls calls = new SystemCalls(arena);
    private final Bpf bpf = new Bpf(calls);
    private final Offloads offloads;
    private final List<Integer> descriptors = new ArrayList<>();
    private final List<XdpQueue> queues = new ArrayList<>();

    private XdpOpener(final NetworkDevice device, final PortOptions options) {
        this.device = device;
        this.options = options;
        offloads = new Offloads(device.name());
    }

    /// @throws IOException when the interface or the kernel cannot do it, or this process may not
    static PacketPort open(final NetworkDevice device, final PortOptions options)
            throws IOException {
        final XdpOpener opener = new XdpOpener(device, options);
        try {
            return opener.open();
        } catch (final IOException e) {
            opener.undo();
            throw e;
        }
    }

    private PacketPort open() throws IOException {
        final int mtu = device.mtu();
        final int frameBytes = placeBytes(mtu);
        final boolean tagsBesideFrames = device.driver().equals("veth");
        if (!tagsBesideFrames && !offloads.switchOff(device, Offload.RECEIVE_VLAN)) {
            throw new IOException("its driver takes VLAN tags out of frames and cannot be stopped");
        }
        offloads.switchOff(device, Offload.LARGE_RECEIVE);
        final int queueCount = device.receiveQueues();
        final int sockets =
                opened(bpf.createMap("boomerang_queue", BPF_MAP_TYPE_XSKMAP, queueCount));
        for (int queue = 0; queue < queueCount; queue++) {
            final XdpSocket socket =
                    new XdpSocket(arena, device.index(), queue, frameBytes, options);
            queues.add(new XdpQueue(socket, frameBytes, options));
            bpf.update(sockets, queue, socket.descriptor());
        }
        final int program =
                opened(
                        bpf.load(
                                tagsBesideFrames
                                        ? XdpProgram.withTags(arena, sockets, device.index())
                                        : XdpProgram.plain(arena, sockets)));
        opened(attach(program));
        return new XdpPort(
                device,
                mtu,
                arena,
                calls,
                descriptors.reversed().stream().mapToInt(Integer::intValue).toArray(),
                queues,
                offloads,
                device.hasBus());
    }

    private static int placeBytes(final int mtu) throws IOException {
        final int needed = HEADROOM + mtu + XdpPort.FRAMING_BYTES;
        if (needed > LARGE_PLACE) {
            throw new IOException(
                    "MTU "
                            + mtu
                            + " is longer than "
                            + (LARGE_PLACE - HEADROOM - XdpPort.FRAMING_BYTES)
                            + ", what its frame memory holds");
        }
        return needed > SMALL_PLACE ? LARGE_PLACE : SMALL_PLACE;
    }

    private int attach(final int program) throws IOException {
        try {
            return bpf.attach(program, device.index(), XdpProgram.BPF_XDP, XDP_FLAGS_DRV_MODE);
        } catch (final SystemCallException e) {
            throw switch (e.errno()) {
                case Errno.EBUSY -> new IOException("it has another XDP program", e);
                case Errno.ERANGE ->
                        new IOException(
                                "MTU " + device.mtu() + " is longer than its driver's XDP takes",
                                e);
                case Errno.EOPNOTSUPP -> new IOException("its driver has no XDP", e);
                default -> e;
            };
        }
    }

    private int opened(final int descriptor) {
        descriptors.add(descriptor);
        return descriptor;
    }

    private void undo() {
        descriptors.reversed().forEach(calls::close);
        queues.forEach(queue -> queue.socket().close());
        offloads.close();
        arena.close();
    }
}
