package io.boomerang.flow;

import static io.boomerang.flow.Frames.ethernet;
import static io.boomerang.flow.Frames.extension;
import static io.boomerang.flow.Frames.icmpError;
import static io.boomerang.flow.Frames.ipv4;
import static io.boomerang.flow.Frames.ipv4Fragment;
import static io.boomerang.flow.Frames.ipv6;
import static io.boomerang.flow.Frames.mpls;
import static io.boomerang.flow.Frames.pppoe;
import static io.boomerang.flow.Frames.raw;
import static io.boomerang.flow.Frames.sctp;
import static io.boomerang.flow.Frames.tcp;
import static io.boomerang.flow.Frames.udp;
import static io.boomerang.flow.Frames.vlan;
import static io.boomerang.flow.Frames.vxlan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.sun.management.ThreadMXBean;

import io.boomerang.wire.RecordedFrames;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;

/// The packet path: parse, hash, learn and resolve, translate, without a byte allocated.
class FlowAllocationTest {
    private static final int WARM_UP = 20_000;
    private static final int MEASURED = 5_000;

    /// What is allocated for each packet is so in every one. When the JVM gives up compiled code in
    /// the middle of a round it makes the objects that the code had kept in registers, once.
    private static final int WINDOWS = 4;

    private final FlowHash hash = new FlowHash(1, 2);
    private final DatagramTable datagrams = new DatagramTable(16);
    private final TupleRewriter rewriter = new TupleRewriter();
    private final ParsedPacket packet = new ParsedPacket();

    @Test
    void shouldAllocateNothingPerPacket() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final byte[][] frames = frames();
        final MemorySegment[] memory = new MemorySegment[frames.length];
        for (int i = 0; i < frames.length; i++) {
            memory[i] = RecordedFrames.segment(frames[i]);
        }
        final FlowParser parser = new FlowParser(new FlowRules(true, true));
        long sum = run(parser, memory, WARM_UP);

        long least = Long.MAX_VALUE;
        for (int window = 0; window < WINDOWS; window++) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            final long nothing = threads.getCurrentThreadAllocatedBytes() - before;
            final long start = threads.getCurrentThreadAllocatedBytes();
            sum += run(parser, memory, MEASURED);
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - start - nothing);
        }

        assertEquals(0, least, () -> "bytes over " + MEASURED + " rounds");
        assertNotEquals(0, sum);
    }

    @SuppressWarnings("EnumOrdinal") // any number will do that depends on the result
    private long run(final FlowParser parser, final MemorySegment[] memory, final int rounds) {
        long sum = 0;
        for (int round = 0; round < rounds; round++) {
            for (final MemorySegment frame : memory) {
                final int length = (int) frame.byteSize();
                sum += parser.parse(frame, 0, length, packet).ordinal();
                switch (packet.packetClass()) {
                    case FLOW -> {
                        sum += hash.hash(packet.key());
                        datagrams.learn(packet, round);
                    }
                    case FRAGMENT, QUOTED_FRAGMENT -> {
                        sum += packet.datagram().hash(hash);
                        sum += datagrams.resolve(packet, round) ? 1 : 0;
                    }
                    case BRIDGED, MALFORMED -> sum += packet.reason().ordinal();
                }
                rewriter.translateSource(frame, 0, length, packet, 0, round, round & 0xFFFF);
            }
        }
        return sum;
    }

    private static byte[][] frames() {
        return new byte[][] {
            ethernet(ipv4("10.0.0.1", "10.0.0.2", tcp(1, 2))),
            ethernet(ipv6("::1", "::2", extension(0, 0, udp(1, 2)))),
            ethernet(
                    vlan(
                            1,
                            vlan(
                                    2,
                                    vlan(
                                            3,
                                            pppoe(
                                                    mpls(
                                                            4,
                                                            ipv4(
                                                                    "1.1.1.1",
                                                                    "2.2.2.2",
                                                                    sctp(1, 2)))))))),
            ethernet(
                    ipv4(
                            "1.1.1.1",
                            "2.2.2.2",
                            vxlan(vlan(1, ipv4("3.3.3.3", "4.4.4.4", tcp(1, 2)))))),
            ethernet(
                    ipv4(
                            "1.1.1.1",
                            "2.2.2.2",
                            icmpError(3, ipv4("2.2.2.2", "1.1.1.1", udp(1, 2))))),
            ethernet(ipv4Fragment("1.1.1.1", "2.2.2.2", 7, 0, true, udp(1, 2))),
            ethernet(ipv4Fragment("1.1.1.1", "2.2.2.2", 7, 8, true, udp(1, 2))),
            ethernet(ipv6("::1", "::2", Frames.fragment(8, 8, true, udp(1, 2)))),
            ethernet(raw(0x0806, 1, 2, 3)),
            ethernet(raw(0x0800, 0x45, 2, 3))
        };
    }
}
