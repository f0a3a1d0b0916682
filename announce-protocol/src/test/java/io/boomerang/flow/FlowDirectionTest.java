package io.boomerang.flow;

import static io.boomerang.flow.Frames.dccp;
import static io.boomerang.flow.Frames.ethernet;
import static io.boomerang.flow.Frames.icmp;
import static io.boomerang.flow.Frames.icmp6;
import static io.boomerang.flow.Frames.icmp6Error;
import static io.boomerang.flow.Frames.icmpError;
import static io.boomerang.flow.Frames.ipv4;
import static io.boomerang.flow.Frames.ipv6;
import static io.boomerang.flow.Frames.payload;
import static io.boomerang.flow.Frames.sctp;
import static io.boomerang.flow.Frames.tcp;
import static io.boomerang.flow.Frames.udp;
import static io.boomerang.flow.Frames.udpLite;
import static io.boomerang.flow.Frames.vlan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.boomerang.flow.Frames.Part;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;

/// Both directions of a flow give one key and opposite direction bits; so do the errors about them.
class FlowDirectionTest {
    private static final FlowHash HASH = new FlowHash(3, 4);

    static LongStream seeds() {
        final Long replay = Long.getLong("seed");
        return replay != null ? LongStream.of(replay) : LongStream.range(0, 100);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldGiveBothDirectionsOneKey(final long seed) {
        final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        final FlowRules rules = new FlowRules(random.nextBoolean(), random.nextBoolean());
        final int[] ends = random.ints(0, 256).distinct().limit(2).toArray();
        final int[] ports = random.ints(0, 0x10000).distinct().limit(2).toArray();

        for (int kind = 0; kind < 7; kind++) {
            for (final boolean six : new boolean[] {false, true}) {
                final Part there = packet(kind, six, ends[0], ends[1], ports[0], ports[1], true);
                final Part back = packet(kind, six, ends[1], ends[0], ports[1], ports[0], false);
                final ParsedPacket request = Frames.parse(rules, ethernet(vlan(5, there)));
                final ParsedPacket answer = Frames.parse(rules, ethernet(vlan(5, back)));
                final ParsedPacket error =
                        Frames.parse(rules, ethernet(vlan(5, error(six, ends[1], ends[0], there))));

                assertEquals(PacketClass.FLOW, request.packetClass());
                assertEquals(request.key(), answer.key());
                assertEquals(HASH.hash(request.key()), HASH.hash(answer.key()));
                assertNotEquals(request.sourceIsB(), answer.sourceIsB());
                assertEquals(request.key(), error.key());
                assertEquals(answer.sourceIsB(), error.sourceIsB());
            }
        }
    }

    private static Part packet(
            final int kind,
            final boolean six,
            final int source,
            final int destination,
            final int sourcePort,
            final int destinationPort,
            final boolean request) {
        final int identifier = Math.min(sourcePort, destinationPort);
        final Part transport =
                switch (kind) {
                    case 0 -> tcp(sourcePort, destinationPort);
                    case 1 -> udp(sourcePort, destinationPort);
                    case 2 -> udpLite(sourcePort, destinationPort, 8);
                    case 3 -> sctp(sourcePort, destinationPort);
                    case 4 -> dccp(sourcePort, destinationPort, 0);
                    case 5 ->
                            six
                                    ? icmp6(request ? 128 : 129, identifier)
                                    : icmp(request ? 8 : 0, identifier);
                    default -> payload(50, 1, 2, 3, 4);
                };
        return ip(six, source, destination, transport);
    }

    private static Part error(
            final boolean six, final int source, final int destination, final Part about) {
        return ip(six, source, destination, six ? icmp6Error(1, about) : icmpError(3, about));
    }

    private static Part ip(
            final boolean six, final int source, final int destination, final Part transport) {
        return six
                ? ipv6("2001:db8::" + hex(source), "2001:db8::" + hex(destination), transport)
                : ipv4("10.0.0." + source, "10.0.0." + destination, transport);
    }

    private static String hex(final int value) {
        return Integer.toHexString(value);
    }
}
