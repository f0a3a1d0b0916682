package io.boomerang.backplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.TcpPhase;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;
import io.boomerang.link.LinkState;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Asks tshark what it reads in datagrams that this project wrote.
class WiresharkDissectorIT {
    private static final Path SCRIPT =
            Path.of("../announce-protocol/src/main/wireshark/boomerang.lua");
    private static final FrameSeal SEAL =
            new FrameSeal(new ChassisKeys(List.of(new ChassisKeys.Key(3, 1, 2))), 9, 4, 64);

    private final ByteArrayOutputStream capture = new ByteArrayOutputStream();

    @TempDir private Path directory = Path.of("");

    @BeforeEach
    void beginCapture() throws IOException, InterruptedException {
        assumeTrue(
                Stream.of("/usr/bin/tshark", "/usr/local/bin/tshark")
                        .anyMatch(file -> Files.isExecutable(Path.of(file))),
                "no tshark on this machine");
        // A pcap file of Ethernet frames (link type 1).
        capture.writeBytes(
                ByteBuffer.allocate(24)
                        .putInt(0xA1B2C3D4)
                        .putShort((short) 2)
                        .putShort((short) 4)
                        .putLong(0)
                        .putInt(65_535)
                        .putInt(1)
                        .array());
    }

    /// Puts the datagram into UDP, IPv4 and Ethernet, from and to the port of GENEVE.
    private void add(final byte[] datagram) {
        final int length = 14 + 20 + 8 + datagram.length;
        capture.writeBytes(
                ByteBuffer.allocate(16 + length)
                        .putLong(0)
                        .putInt(length)
                        .putInt(length)
                        .put(new byte[12])
                        .putShort((short) 0x0800)
                        .putShort((short) 0x4500)
                        .putShort((short) (length - 14))
                        .putInt(0)
                        .putShort((short) (64 << 8 | 17))
                        .putShort((short) 0)
                        .putInt(0x0A630001)
                        .putInt(0x0A630002)
                        .putShort((short) 6_081)
                        .putShort((short) 6_081)
                        .putShort((short) (8 + datagram.length))
                        .putShort((short) 0)
                        .put(datagram)
                        .array());
    }

    private static byte[] datagram(final SteeringHeader header) {
        final byte[] bytes = new byte[header.encodedLength() + 60];
        header.encode(MemorySegment.ofArray(bytes), 0);
        return bytes;
    }

    /// One line for each packet, with the values of these fields.
    private List<String> read(final String... fields) throws IOException, InterruptedException {
        final Path file = directory.resolve("backplane.pcap");
        Files.write(file, capture.toByteArray());
        final Stream<String> command =
                Stream.of(
                        "tshark",
                        "-X",
                        "lua_script:" + SCRIPT,
                        "-r",
                        file.toString(),
                        "-T",
                        "fields",
                        "-E",
                        "separator=/s");
        final Process tshark =
                new ProcessBuilder(
                                Stream.concat(
                                                command,
                                                Arrays.stream(fields)
                                                        .flatMap(field -> Stream.of("-e", field)))
                                        .toList())
                        .redirectError(directory.resolve("errors").toFile())
                        .start();
        final String output =
                new String(tshark.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(tshark.waitFor(60, TimeUnit.SECONDS));
        final String errors = Files.readString(directory.resolve("errors"));
        assertEquals(0, tshark.exitValue(), errors);
        assertTrue(!errors.contains("Lua"), errors);
        return output.lines().toList();
    }

    @Test
    void shouldReadSteeringTagAndResolvedKey() throws Exception {
        final SteeringHeader header = new SteeringHeader(7);
        final FlowKey key = new FlowKey();
        key.setIpv4(17, FlowKey.KIND_PORTS, 0x0A000001, 53, 0xC0000201, 4_444, 0x81000005);
        header.setPurpose(Purpose.LOOK_UP);
        header.setArrival(Side.EGRESS, 101);
        header.setHops(2);
        header.setFlowId(123_456_789_012L);
        header.setPacketNumber(77);
        header.setKey(key, true);
        final byte[] plain = datagram(header);
        final byte[] sealed = new byte[plain.length + FrameSeal.BYTES];
        System.arraycopy(plain, 0, sealed, FrameSeal.BYTES, plain.length);
        assertTrue(SEAL.seal(MemorySegment.ofArray(sealed), 0, plain.length, 5));
        add(sealed);

        assertEquals(
                List.of(
                        "0x000007 2 1 2 101 123456789012 77 3 9 4 1 17 1 0x81000005 10.0.0.1"
                                + " 192.0.2.1 53 4444"),
                read(
                        "geneve.vni",
                        "boomerang.purpose",
                        "boomerang.side",
                        "boomerang.hops",
                        "boomerang.arrival",
                        "boomerang.flow",
                        "boomerang.packet",
                        "boomerang.tag.key",
                        "boomerang.tag.node",
                        "boomerang.tag.incarnation",
                        "boomerang.tag.sequence",
                        "boomerang.key.protocol",
                        "boomerang.key.source_is_b",
                        "boomerang.key.vlan",
                        "boomerang.key.a",
                        "boomerang.key.b",
                        "boomerang.key.aport",
                        "boomerang.key.bport"));
    }

    @Test
    void shouldReadACarriedAnnouncementAndTheRelay() throws Exception {
        final SteeringHeader header = new SteeringHeader();
        final FlowKey key = new FlowKey();
        final FlowKey original = new FlowKey();
        key.setIpv6(6, FlowKey.KIND_PORTS, 1, 2, 80, 1, 4, 5_555, 0);
        original.setIpv6(6, FlowKey.KIND_PORTS, 1, 2, 80, 1, 5, 6_666, 0);
        header.setPurpose(Purpose.EMIT);
        header.setAnnouncement(
                new SessionAnnouncement(
                        SessionAnnouncement.Kind.REFRESH,
                        key,
                        original,
                        99,
                        201,
                        12,
                        34,
                        56_780,
                        TcpPhase.CLOSING));
        final byte[] plain = datagram(header);
        final byte[] relayed = new byte[plain.length + RelayOption.LENGTH];
        System.arraycopy(plain, 0, relayed, RelayOption.LENGTH, plain.length);
        RelayOption.insert(MemorySegment.ofArray(relayed), 0, 1, 201, 7);
        add(relayed);

        assertEquals(
                List.of("1 2 2 201 12 34 56780 99 ::1:0:0:0:2,::1:0:0:0:2 5555,6666 1 201 7"),
                read(
                        "boomerang.purpose",
                        "boomerang.announcement",
                        "boomerang.announcement.phase",
                        "boomerang.announcement.blade",
                        "boomerang.announcement.incarnation",
                        "boomerang.announcement.version",
                        "boomerang.announcement.lease",
                        "boomerang.announcement.flow",
                        "boomerang.key.a6",
                        "boomerang.key.bport",
                        "boomerang.relay.origin",
                        "boomerang.relay.destination",
                        "boomerang.relay.links"));
    }

    @Test
    void shouldReadAHello() throws Exception {
        final LinkState links = new LinkState(5, 3, 1_023);
        links.onMembers(new int[] {5, 70, 1_023}, new int[] {3, 1, 2});
        for (int i = 0; i < 100; i++) {
            links.tick();
        }
        final byte[] bytes = new byte[2_000];
        final MemorySegment segment = MemorySegment.ofArray(bytes);
        HelloDatagram.writeHeader(segment, 0, 0);
        final int length = links.writeHello(70, segment, HelloDatagram.HEADER_LENGTH);
        add(Arrays.copyOf(bytes, HelloDatagram.HEADER_LENGTH + length));

        assertEquals(
                List.of("5 3 70,1023"),
                read(
                        "boomerang.hello.node",
                        "boomerang.hello.incarnation",
                        "boomerang.hello.silent"));
    }

    @Test
    void shouldSayWhenAnOptionEndsTooEarlyAndReadOnAfterAnUnknownOne() throws Exception {
        final byte[] datagram = datagram(new SteeringHeader());
        datagram[8 + 3] = 1; // 4 bytes of steering instead of 12; two options that nobody knows
        add(datagram);

        assertEquals(
                1, read("boomerang.malformed").stream().filter(line -> !line.isBlank()).count());
    }
}
