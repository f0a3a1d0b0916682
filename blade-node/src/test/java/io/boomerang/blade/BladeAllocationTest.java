package io.boomerang.blade;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;

import io.boomerang.announce.Acknowledgement;
import io.boomerang.announce.Acknowledgement.Outcome;
import io.boomerang.announce.ControlMessage;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.backplane.Backplane;
import io.boomerang.backplane.Purpose;
import io.boomerang.backplane.SteeringHeader;
import io.boomerang.blade.processor.FirewallRules;
import io.boomerang.blade.processor.NatConfig;
import io.boomerang.blade.processor.PacketProcessor;
import io.boomerang.blade.processor.PassThrough;
import io.boomerang.blade.processor.SourceNat;
import io.boomerang.blade.processor.StatefulFirewall;
import io.boomerang.cluster.ClusterParameters;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.ControlSender;
import io.boomerang.cluster.Member;
import io.boomerang.cluster.Member.Role;
import io.boomerang.flow.Side;

import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// The packets of known flows cost no heap memory, whatever the processor.
class BladeAllocationTest {
    private static final int WARM_UP = 20_000;
    private static final int MEASURED = 2_000;
    private static final int ROUNDS = 10;
    private static final long FLOW = 0x4000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final ClusterParameters parameters = ClusterParameters.DEFAULTS;
    private final SteeringHeader header = new SteeringHeader();
    private final List<SessionAnnouncement> announced = new ArrayList<>();
    private final List<Integer> toNodes = new ArrayList<>();
    private long nowNs;

    static Stream<Named<Supplier<PacketProcessor>>> processors() {
        return Stream.of(
                Named.of("pass-through", PassThrough::new),
                Named.of("firewall", () -> new StatefulFirewall(FirewallRules.DEFAULTS)),
                Named.of("source-nat", BladeAllocationTest::nat));
    }

    private static SourceNat nat() {
        try {
            final NatConfig config =
                    new NatConfig(
                            (Inet4Address) InetAddress.getByName("192.0.2.1"),
                            (Inet6Address) InetAddress.getByName("2001:db8:ffff::1"),
                            1_024,
                            4_032,
                            4_096);
            return new SourceNat(config, config.rangeOf(0));
        } catch (final UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("processors")
    void shouldAllocateNothingForPacketsOfKnownFlows(final Supplier<PacketProcessor> processor) {
        try (Arena arena = Arena.ofConfined();
                BladeNode blade = blade(processor.get(), arena)) {
            final List<MemorySegment> datagrams = new ArrayList<>();
            final List<MemorySegment> originals = new ArrayList<>();
            long flowId = FLOW;
            for (final byte[] frame :
                    new byte[][] {
                        Frames.udp("10.0.0.5", 2_000, "198.51.100.1", 53, 900),
                        Frames.udp("2001:db8::5", 2_000, "2001:db8:1::1", 53, 900),
                        Frames.tcp("10.0.0.5", 2_001, "198.51.100.1", 80, Frames.ACK, 1, 1, 1_400),
                        Frames.echo("10.0.0.5", "198.51.100.1", false, 2_002, 56)
                    }) {
                originals.add(datagram(arena, flowId, frame));
                datagrams.add(datagram(arena, flowId++, frame));
            }
            deliver(blade, datagrams, originals);
            for (int i = 0; i < announced.size(); i++) {
                final SessionAnnouncement open = announced.get(i);
                blade.onMessage(
                        toNodes.get(i),
                        new Acknowledgement(
                                open.flowId(),
                                open.incarnation(),
                                open.version(),
                                Outcome.INSTALLED),
                        nowNs);
            }
            for (int i = 0; i < WARM_UP; i++) {
                deliver(blade, datagrams, originals);
            }

            long least = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS; round++) {
                final long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < MEASURED; i++) {
                    deliver(blade, datagrams, originals);
                }
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }

            assertEquals(0, least);
            assertEquals(0, blade.counters().verdicts().dropped());
        }
    }

    private BladeNode blade(final PacketProcessor processor, final Arena arena) {
        final Member self = new Member(3, "blade", Role.BLADE, 0, parameters.digest());
        final BladeNode blade =
                new BladeNode(
                        BladeConfig.DEFAULTS.withMarkerCapacity(64),
                        parameters,
                        self,
                        processor,
                        new Swallowing(arena),
                        new Remembering(),
                        new BladeObserver() {
                            @Override
                            public void onAnnouncementSent(
                                    final int node,
                                    final int redirector,
                                    final SessionAnnouncement announcement,
                                    final boolean carried,
                                    final long atNs) {
                                toNodes.add(redirector);
                                announced.add(announcement);
                            }
                        });
        blade.onView(
                new ClusterView(
                        1,
                        List.of(
                                new Member(
                                        1, "in", Role.INGRESS_REDIRECTOR, 0, parameters.digest()),
                                new Member(
                                        2, "out", Role.EGRESS_REDIRECTOR, 0, parameters.digest()),
                                self)),
                0);
        return blade;
    }

    private MemorySegment datagram(final Arena arena, final long flowId, final byte[] frame) {
        header.clear();
        header.setPurpose(Purpose.DELIVER);
        header.setFlowId(flowId);
        header.setArrival(Side.INGRESS, 1);
        header.setPacketNumber(7);
        final MemorySegment datagram = arena.allocate(header.encodedLength() + (long) frame.length);
        header.encode(datagram, 0);
        MemorySegment.copy(
                frame, 0, datagram, ValueLayout.JAVA_BYTE, header.encodedLength(), frame.length);
        return datagram;
    }

    private void deliver(
            final BladeNode blade,
            final List<MemorySegment> datagrams,
            final List<MemorySegment> originals) {
        for (int i = 0; i < datagrams.size(); i++) {
            final MemorySegment datagram = datagrams.get(i);
            final MemorySegment original = originals.get(i);
            MemorySegment.copy(original, 0, datagram, 0, original.byteSize());
            blade.onDatagram(1, datagram, 0, (int) datagram.byteSize(), nowNs++);
        }
        blade.onTimer(nowNs);
    }

    private static final class Swallowing implements Backplane {
        private final MemorySegment buffer;

        Swallowing(final Arena arena) {
            buffer = arena.allocate(1 << 16);
        }

        @Override
        public long claim(final int node, final int length) {
            return 0;
        }

        @Override
        public MemorySegment buffer() {
            return buffer;
        }

        @Override
        public void commit() {}
    }

    private static final class Remembering implements ControlSender {
        @Override
        public void send(final int node, final ControlMessage message) {}

        @Override
        public void broadcast(final ControlMessage message) {}
    }
}
