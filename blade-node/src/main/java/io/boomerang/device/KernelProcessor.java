package io.boomerang.device;

import io.boomerang.blade.processor.LinkHeaders;
import io.boomerang.blade.processor.PacketContext;
import io.boomerang.blade.processor.PacketProcessor;
import io.boomerang.blade.processor.ProcessorOutput;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.blade.session.FlowState;
import io.boomerang.conntrack.ConntrackListener;
import io.boomerang.conntrack.ConntrackSocket;
import io.boomerang.conntrack.ConntrackTuple;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;
import io.boomerang.port.FrameBurst;
import io.boomerang.port.PacketPort;
import io.boomerang.port.PacketPorts;
import io.boomerang.port.PortOptions;
import io.boomerang.wire.EthernetHeader;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The Linux kernel as a blade's device: what comes from one side goes into a network namespace by
/// one interface, and what the kernel makes of it comes back by another one. Forwarding, nftables,
/// NAT or any program may run there.
///
/// ```
///   ingress side  <->  blade  <-- ingress interface -->  [ namespace: routes, nftables ]
///   egress side   <->         <-- egress interface  -->  [                             ]
/// ```
///
/// What the kernel does to a flow is learned from its connection tracking, whose event is here
/// before the packet is: each burst of frames is taken first, the events next, the frames last. A
/// flow of which the event got lost is asked for, of these a bounded number in each burst.
///
/// Nothing waits here: what the kernel keeps, or drops, only the kernel knows.
public final class KernelProcessor implements PacketProcessor {
    /// Frames that are taken from each interface at a time.
    private static final int BURST = 128;

    /// Datagrams of events at a time. More than a burst of frames can bring about.
    private static final int EVENTS = 2_048;

    private static final int QUESTIONS = 64;

    private final PacketPort ingress;
    private final PacketPort egress;
    private final @Nullable ConntrackSocket conntrack;
    private final long deviceMac;
    private final FrameBurst fromIngress = new FrameBurst(BURST);
    private final FrameBurst fromEgress = new FrameBurst(BURST);
    private final EthernetHeader ethernet = new EthernetHeader();
    private final Events events = new Events();
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment tagged =
            arena.allocate((long) PacketPorts.MOST_MTU + LinkHeaders.MAX_BYTES, Long.BYTES);

    private int questionsLeft;
    private long questionsRefused;

    /// @param conntrack null for a device that does not translate
    KernelProcessor(
            final PacketPort ingress,
            final PacketPort egress,
            final @Nullable ConntrackSocket conntrack,
            final long deviceMac) {
        this.ingress = ingress;
        this.egress = egress;
        this.conntrack = conntrack;
        this.deviceMac = deviceMac;
    }

    /// Opens the interfaces and the connection tracking, for this thread.
    ///
    /// @throws IOException when there is no such interface or namespace, or this process may not
    public static KernelProcessor open(final KernelConfig config, final String blade)
            throws IOException {
        PacketPort ingress = null;
        PacketPort egress = null;
        try {
            ingress = PacketPorts.open(config.ingressInterface(), PortOptions.DEFAULTS);
            egress = PacketPorts.open(config.egressInterface(), PortOptions.DEFAULTS);
            return new KernelProcessor(ingress, egress, listen(config, blade), config.deviceMac());
        } catch (final IOException | RuntimeException e) {
            if (ingress != null) {
                ingress.close();
            }
            if (egress != null) {
                egress.close();
            }
            throw e;
        }
    }

    private static @Nullable ConntrackSocket listen(final KernelConfig config, final String blade)
            throws IOException {
        if (!config.connectionTracking()) {
            return null;
        }
        final String namespace = config.namespaceOf(blade);
        try {
            return namespace.isEmpty() ? ConntrackSocket.open() : ConntrackSocket.openIn(namespace);
        } catch (final IOException e) {
            final String where = namespace.isEmpty() ? "" : " in namespace " + namespace;
            throw new IOException("connection tracking" + where + ": " + e.getMessage(), e);
        }
    }

    @Override
    public FlowState newFlowState() {
        return new LinkHeaders();
    }

    // To the device

    @Override
    public ProcessorVerdict process(final PacketContext context) {
        if (context.marker() == null) {
            return ProcessorVerdict.DROP_TABLE_FULL;
        }
        final LinkHeaders headers = (LinkHeaders) context.flowState();
        final MemorySegment frame = context.frame();
        final int headerBytes = context.packet().networkOffset();
        if (!headers.keep(context.arrivalSide(), frame, context.offset(), headerBytes)) {
            return ProcessorVerdict.DROP_ENCAPSULATED;
        }
        final int skipped = headerBytes - EthernetHeader.LENGTH;
        final long start = context.offset() + skipped;
        final int length = context.length() - skipped;
        final boolean _ = ethernet.wrap(frame, start, start + length);
        ethernet.setDestination(deviceMac);
        ethernet.setSource(MacAddress.OWN);
        return port(context.arrivalSide()).transmit(frame, start, length)
                ? ProcessorVerdict.TAKEN
                : ProcessorVerdict.DROP_DEVICE_FULL;
    }

    private PacketPort port(final Side side) {
        return side == Side.INGRESS ? ingress : egress;
    }

    @Override
    public void flush() {
        ingress.flush();
        egress.flush();
    }

    // From the device

    @Override
    public int receive(final ProcessorOutput blade, final long nowNs) {
        ingress.receive(fromIngress);
        egress.receive(fromEgress);
        questionsLeft = QUESTIONS;
        int done = fromIngress.size() + fromEgress.size();
        if (conntrack != null) {
            events.tell(blade, nowNs);
            done += conntrack.drain(events, EVENTS);
        }
        pass(fromIngress, Side.INGRESS, blade, nowNs);
        pass(fromEgress, Side.EGRESS, blade, nowNs);
        return done;
    }

    private static void pass(
            final FrameBurst burst,
            final Side toward,
            final ProcessorOutput blade,
            final long nowNs) {
        for (int i = 0; i < burst.size(); i++) {
            blade.onFrame(toward, burst.segment(i), burst.offset(i), burst.length(i), nowNs);
        }
    }

    /// The connection is asked for by the tuple of the packet that would answer the frame: the
    /// kernel knows each of a connection's directions by the packets that come to it.
    @Override
    public boolean identify(
            final FlowKey key,
            final boolean sourceIsB,
            final ProcessorOutput blade,
            final long nowNs) {
        if (conntrack == null) {
            return false;
        }
        if (questionsLeft == 0) {
            questionsRefused++;
            return false;
        }
        questionsLeft--;
        events.tell(blade, nowNs);
        return conntrack.ask(key, !sourceIsB, events);
    }

    @Override
    public ProcessorVerdict finish(final PacketContext context, final Side toward) {
        return ((LinkHeaders) context.flowState()).restore(context, toward, tagged);
    }

    /// Brings what the kernel tells into the blade's terms.
    private static final class Events implements ConntrackListener {
        private final FlowKey original = new FlowKey();
        private final FlowKey far = new FlowKey();
        private @Nullable ProcessorOutput blade;
        private long nowNs;

        void tell(final ProcessorOutput newBlade, final long newNowNs) {
            blade = newBlade;
            nowNs = newNowNs;
        }

        @Override
        public void onConnection(final ConntrackTuple way, final ConntrackTuple back) {
            if (blade != null) {
                way.writeKey(original);
                final boolean farInitiatorIsB = back.writeReversedKey(far);
                blade.onFlow(original, far, farInitiatorIsB, nowNs);
            }
        }

        @Override
        public void onEnd(final ConntrackTuple way) {
            if (blade != null) {
                way.writeKey(original);
                blade.onEnd(original, nowNs);
            }
        }

        @Override
        public void onExpectation(
                final ConntrackTuple master,
                final ConntrackTuple expected,
                final int timeoutSeconds) {
            if (blade != null) {
                master.writeKey(original);
                expected.writeKey(far);
                blade.onExpectation(original, far, timeoutSeconds, nowNs);
            }
        }
    }

    @Override
    public int[] descriptors() {
        final IntStream ports =
                Stream.of(ingress, egress).map(PacketPort::descriptors).flatMapToInt(IntStream::of);
        return conntrack == null
                ? ports.toArray()
                : IntStream.concat(ports, IntStream.of(conntrack.descriptor())).toArray();
    }

    @Override
    public String summary() {
        return "to_ingress="
                + ingress.counters()
                + " to_egress="
                + egress.counters()
                + (conntrack == null ? "" : " conntrack=" + conntrack.counters())
                + " questions_refused="
                + questionsRefused;
    }

    @Override
    public void close() {
        if (conntrack != null) {
            conntrack.close();
        }
        ingress.close();
        egress.close();
        arena.close();
    }
}
