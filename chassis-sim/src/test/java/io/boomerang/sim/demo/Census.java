package io.boomerang.sim.demo;

import io.boomerang.flow.DatagramTable;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.FlowParser;
import io.boomerang.flow.FlowRules;
import io.boomerang.flow.PacketClass;
import io.boomerang.flow.ParsedPacket;
import io.boomerang.sim.capture.CaptureReader;
import io.boomerang.sim.capture.CapturedPacket;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// What one capture of Ethernet frames holds, counted with the parser that steers.
final class Census {
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int SYN = 0x02;
    private static final int ACK = 0x10;

    /// Bit 0: seen from endpoint a; bit 1: from b.
    private final Map<FlowKey, Integer> directionsByFlow = new HashMap<>();

    private final DatagramTable datagrams = new DatagramTable(1_024);
    private final FlowParser parser = new FlowParser(FlowRules.DEFAULTS);
    private final ParsedPacket parsed = new ParsedPacket();

    int packets;
    int malformed;
    int icmpErrors4;
    int icmpErrors6;
    int laterFragments4;
    int laterFragments6;
    int earlyFragments;
    int opens;

    private Census() {}

    static Census of(final Path capture) throws IOException {
        final Census census = new Census();
        try (CaptureReader reader = new CaptureReader(capture)) {
            final CapturedPacket packet = new CapturedPacket();
            while (reader.next(packet)) {
                census.count(packet);
            }
            if (reader.damage() != null) {
                throw new IOException(capture + ": " + reader.damage());
            }
        }
        return census;
    }

    int flows() {
        return directionsByFlow.size();
    }

    long flows(final int protocol) {
        return directionsByFlow.keySet().stream().filter(key -> key.protocol() == protocol).count();
    }

    long tcpFlows() {
        return flows(TCP);
    }

    long udpFlows() {
        return flows(UDP);
    }

    long ipv6Flows() {
        return directionsByFlow.keySet().stream().filter(FlowKey::isIpv6).count();
    }

    long oneWayFlows() {
        return directionsByFlow.values().stream().filter(directions -> directions != 3).count();
    }

    private void count(final CapturedPacket packet) {
        packets++;
        final PacketClass found =
                parser.parse(packet.segment(), packet.offset(), packet.capturedLength(), parsed);
        switch (found) {
            case FLOW -> countFlow(packet.timestampNs());
            case FRAGMENT -> countFragment(packet.timestampNs());
            case MALFORMED -> malformed++;
            case QUOTED_FRAGMENT, BRIDGED -> {}
        }
    }

    private void countFlow(final long nowNs) {
        directionsByFlow.merge(parsed.key().copy(), parsed.sourceIsB() ? 2 : 1, (a, b) -> a | b);
        if (parsed.isFirstFragment()) {
            datagrams.learn(parsed, nowNs);
        }
        if (parsed.isIcmpError()) {
            if (parsed.ipVersion() == 4) {
                icmpErrors4++;
            } else {
                icmpErrors6++;
            }
        } else if (parsed.protocol() == TCP && (parsed.tcpFlags() & (SYN | ACK)) == SYN) {
            opens++;
        }
    }

    private void countFragment(final long nowNs) {
        if (parsed.ipVersion() == 4) {
            laterFragments4++;
        } else {
            laterFragments6++;
        }
        if (!datagrams.resolve(parsed, nowNs)) {
            earlyFragments++;
        }
    }
}
