package io.boomerang.device;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.boomerang.blade.processor.LinkHeaders;
import io.boomerang.blade.processor.PacketContext;
import io.boomerang.blade.processor.PacketProcessor;
import io.boomerang.blade.processor.ProcessorOutput;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.blade.session.FlowState;
import io.boomerang.flow.Side;
import io.boomerang.linux.SystemCallException;
import io.boomerang.linux.SystemCalls;
import io.boomerang.port.PacketPorts;
import io.boomerang.wire.EtherType;
import io.boomerang.wire.EthernetHeader;
import io.boomerang.wire.GeneveHeader;
import io.boomerang.wire.NetworkOrder;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// An appliance as a blade's device: IP packets go to it in plain GENEVE (RFC 8926), without
/// options, and come back so, as they do between cloud load balancers and the appliances behind
/// them. It needs to know nothing of this project.
///
/// Where a packet goes that comes back, its flow and direction tell: the appliance may answer by
/// itself, but must not translate, because nobody would hear of it. What comes from another
/// address, with another network identifier or with critical options is dropped and counted; the
/// address is all that it is known by, so the network between must be its own.
public final class ApplianceProcessor implements PacketProcessor {
    // sys/socket.h
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUF = 8;
    private static final int MSG_DONTWAIT = 0x40;

    private static final int SOCKET_BYTES = 4 << 20;

    /// Datagrams taken at a time.
    private static final int BURST = 128;

    /// Before a received datagram, so that any header fits before its packet.
    private static final int HEADROOM = 64;

    private static final int IPV4 = 4;
    private static final int IPV6 = 6;

    private final int networkIdentifier;
    private final Arena arena = Arena.ofConfined();
    private final SystemCalls calls = new SystemCalls(arena);
    private final MemorySegment appliance;
    private final MemorySegment sender;
    private final MemorySegment outgoing =
            arena.allocate((long) PacketPorts.MOST_MTU + HEADROOM, Long.BYTES);
    private final MemorySegment incoming =
            arena.allocate((long) PacketPorts.MOST_MTU + 2 * HEADROOM, Long.BYTES);
    private final MemorySegment datagram = incoming.asSlice(HEADROOM);
    private final MemorySegment tagged =
            arena.allocate((long) PacketPorts.MOST_MTU + HEADROOM, Long.BYTES);
    private final GeneveHeader geneve = new GeneveHeader();
    private final int socket;

    private long sent;
    private long received;
    private long strangers;
    private long malformed;

    private ApplianceProcessor(final int networkIdentifier, final ApplianceConfig.Place place)
            throws SystemCallException {
        this.networkIdentifier = networkIdentifier;
        appliance = DatagramSocketAddress.allocate(arena, place.appliance(), GeneveHeader.UDP_PORT);
        sender = arena.allocate(appliance.byteSize(), Integer.BYTES);
        int opened = -1;
        try {
            opened =
                    calls.socket(
                            DatagramSocketAddress.familyOf(place.own()), SOCK_DGRAM_CLOEXEC, 0);
            calls.setOption(opened, SOL_SOCKET, SO_RCVBUF, "SO_RCVBUF", SOCKET_BYTES);
            calls.bind(
                    opened,
                    DatagramSocketAddress.allocate(arena, place.own(), GeneveHeader.UDP_PORT));
        } catch (final SystemCallException e) {
            if (opened >= 0) {
                calls.close(opened);
            }
            arena.close();
            throw e;
        }
        socket = opened;
    }

    /// Opens the way to the appliance of a blade, for this thread.
    ///
    /// @throws IOException when the blade has no such address or its port is taken
    public static ApplianceProcessor open(final ApplianceConfig config, final String blade)
            throws IOException {
        final ApplianceConfig.Place place = config.byBlade().get(blade);
        if (place == null) {
            throw new IOException("no appliance is named for " + blade);
        }
        try {
            return new ApplianceProcessor(config.networkIdentifier(), place);
        } catch (final SystemCallException e) {
            throw new IOException(
                    "port "
                            + GeneveHeader.UDP_PORT
                            + " of "
                            + place.own().getHostAddress()
                            + ": "
                            + e.getMessage(),
                    e);
        }
    }

    @Override
    public FlowState newFlowState() {
        return new LinkHeaders();
    }

    @Override
    public ProcessorVerdict process(final PacketContext context) {
        if (context.marker() == null) {
            return ProcessorVerdict.DROP_TABLE_FULL;
        }
        final LinkHeaders headers = (LinkHeaders) context.flowState();
        final int headerBytes = context.packet().networkOffset();
        final MemorySegment frame = context.frame();
        final int packetBytes = context.packet().endOffset() - headerBytes;
        if (!headers.keep(context.arrivalSide(), frame, context.offset(), headerBytes)
                || packetBytes > PacketPorts.MOST_MTU) {
            return ProcessorVerdict.DROP_ENCAPSULATED;
        }
        final boolean ipv6 = context.packet().ipVersion() == IPV6;
        geneve.write(
                outgoing, 0, 0, false, ipv6 ? EtherType.IPV6 : EtherType.IPV4, networkIdentifier);
        MemorySegment.copy(
                frame, context.offset() + headerBytes, outgoing, GeneveHeader.LENGTH, packetBytes);
        final long bytes = (long) GeneveHeader.LENGTH + packetBytes;
        final int addressBytes = (int) appliance.byteSize();
        if (calls.sendTo(socket, outgoing, bytes, MSG_DONTWAIT, appliance, addressBytes) != bytes) {
            return ProcessorVerdict.DROP_DEVICE_FULL;
        }
        sent++;
        return ProcessorVerdict.TAKEN;
    }

    @Override
    public int receive(final ProcessorOutput blade, final long nowNs) {
        int taken = 0;
        while (taken < BURST) {
            final long bytes =
                    calls.receiveFrom(socket, datagram, datagram.byteSize(), MSG_DONTWAIT, sender);
            if (bytes < 0) {
                break;
            }
            taken++;
            take(HEADROOM + bytes, blade, nowNs);
        }
        return taken;
    }

    private void take(final long end, final ProcessorOutput blade, final long nowNs) {
        if (!DatagramSocketAddress.isSameHost(sender, appliance)) {
            strangers++;
            return;
        }
        if (!geneve.wrap(incoming, HEADROOM, end)
                || geneve.version() != 0
                || geneve.isControl()
                || geneve.isCritical()
                || geneve.networkIdentifier() != networkIdentifier) {
            malformed++;
            return;
        }
        final long packet = (long) HEADROOM + geneve.headerLength();
        if (end <= packet
                || !isIp(geneve.protocol(), incoming.get(JAVA_BYTE, packet) >>> 4 & 0xF)) {
            malformed++;
            return;
        }
        received++;
        final long frame = packet - EthernetHeader.LENGTH;
        incoming.set(NetworkOrder.SHORT, packet - Short.BYTES, (short) geneve.protocol());
        blade.onFrame(incoming, frame, (int) (end - frame), nowNs);
    }

    private static boolean isIp(final int protocol, final int version) {
        return protocol == EtherType.IPV4 && version == IPV4
                || protocol == EtherType.IPV6 && version == IPV6;
    }

    @Override
    public ProcessorVerdict finish(final PacketContext context, final Side toward) {
        return ((LinkHeaders) context.flowState()).restore(context, toward, tagged);
    }

    @Override
    public int[] descriptors() {
        return new int[] {socket};
    }

    @Override
    public String summary() {
        return "appliance_sent="
                + sent
                + " appliance_received="
                + received
                + " strangers="
                + strangers
                + " malformed_datagrams="
                + malformed;
    }

    @Override
    public void close() {
        calls.close(socket);
        arena.close();
    }
}
