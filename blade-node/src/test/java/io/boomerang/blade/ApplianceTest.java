package io.boomerang.blade;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.device.ApplianceConfig;
import io.boomerang.device.ApplianceProcessor;
import io.boomerang.flow.Side;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// An appliance that knows nothing of this project: GENEVE over loopback, written by hand.
@EnabledOnOs(value = OS.LINUX, disabledReason = "all of 127/8 is loopback there")
class ApplianceTest {
    private static final String OWN = "127.17.0.1";
    private static final String APPLIANCE = "127.17.0.2";
    private static final String STRANGER = "127.17.0.3";
    private static final int PORT = 6_081;
    private static final int ENTROPY_PORT = 50_123;
    private static final int ETHERNET = 14;
    private static final int GENEVE = 8;
    private static final String PLAIN_HEADER = "0000080000004200";
    private static final String CLIENT = "10.1.0.2";
    private static final String SERVER = "10.2.0.1";
    private static final long FLOW = 0x4000;
    private static final byte[] SYN = Frames.tcp(CLIENT, 4_000, SERVER, 80, Frames.SYN, 1, 0, 0);

    private static final ApplianceConfig CONFIG =
            new ApplianceConfig(
                    0x42,
                    Map.of(
                            "slot-3",
                            new ApplianceConfig.Place(
                                    InetAddress.ofLiteral(APPLIANCE), InetAddress.ofLiteral(OWN))));

    private ApplianceProcessor processor;
    private Bench bench;
    private DatagramSocket appliance;

    ApplianceTest() throws IOException {
        processor = ApplianceProcessor.open(CONFIG, "slot-3");
        bench = new Bench(BladeConfig.DEFAULTS, processor);
        appliance = new DatagramSocket(new InetSocketAddress(APPLIANCE, PORT));
    }

    @BeforeEach
    void limitTheWait() throws IOException {
        appliance.setSoTimeout(30_000);
    }

    @AfterEach
    void close() {
        appliance.close();
        bench.close();
        processor.close();
    }

    private byte[] atTheAppliance() throws IOException {
        final DatagramPacket datagram = new DatagramPacket(new byte[2_000], 2_000);
        appliance.receive(datagram);
        return Arrays.copyOf(datagram.getData(), datagram.getLength());
    }

    private static void send(final String from, final int port, final byte[] datagram)
            throws IOException {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(from, port))) {
            socket.send(
                    new DatagramPacket(
                            datagram, datagram.length, new InetSocketAddress(OWN, PORT)));
        }
    }

    private static byte[] geneve(final String header, final byte[] frame) {
        final byte[] head = HexFormat.of().parseHex(header);
        return ByteBuffer.allocate(head.length + frame.length - ETHERNET)
                .put(head)
                .put(frame, ETHERNET, frame.length - ETHERNET)
                .array();
    }

    /// Until the blade has taken so many datagrams.
    private void takeIn(final int count) {
        final int[] taken = new int[1];
        Awaitility.await()
                .pollInSameThread()
                .pollInterval(Duration.ofMillis(1))
                .atMost(Duration.ofSeconds(30))
                .until(() -> (taken[0] += bench.blade.receive(bench.nowNs)) >= count);
    }

    @Test
    void shouldSendIpPacketsInPlainGeneve() throws IOException {
        final long number = bench.deliver(Side.INGRESS, FLOW, SYN);

        assertArrayEquals(geneve(PLAIN_HEADER, SYN), atTheAppliance());
        assertEquals(ProcessorVerdict.TAKEN, bench.verdict(number));
        assertEquals(List.of(), bench.emitted);
    }

    @Test
    void shouldSteerWhatComesBackWhateverItsSourcePortAndOptionsAre() throws IOException {
        bench.deliver(Side.INGRESS, FLOW, SYN);
        final byte[] datagram = atTheAppliance();
        send(APPLIANCE, ENTROPY_PORT, datagram);
        takeIn(1);

        assertEquals(Bench.EGRESS, bench.emitted.getFirst().node());
        assertArrayEquals(SYN, bench.emitted.getFirst().frame());
        final var carried = bench.emitted.getFirst().carried();
        assertTrue(carried != null && carried.key().equals(bench.keyOf(SYN)));

        final byte[] answer =
                Frames.tcp(SERVER, 80, CLIENT, 4_000, Frames.SYN | Frames.ACK, 9, 2, 0);
        bench.deliver(Side.EGRESS, FLOW, answer);
        assertArrayEquals(geneve(PLAIN_HEADER, answer), atTheAppliance());
        send(APPLIANCE, ENTROPY_PORT, geneve("0100080000004200" + "01080000", answer));
        takeIn(1);

        assertEquals(Bench.INGRESS, bench.emitted.getLast().node());
        assertArrayEquals(answer, bench.emitted.getLast().frame());
    }

    @Test
    void shouldBringWhatTheApplianceAnswersToWhoAsked() throws IOException {
        bench.deliver(Side.INGRESS, FLOW, SYN);
        final byte[] reset = Frames.tcp(SERVER, 80, CLIENT, 4_000, Frames.RST, 0, 2, 0);
        send(APPLIANCE, ENTROPY_PORT, geneve(PLAIN_HEADER, reset));
        takeIn(1);

        assertEquals(Bench.INGRESS, bench.emitted.getFirst().node());
        assertNull(bench.emitted.getFirst().carried());
        assertEquals(List.of(), bench.sent);
    }

    @Test
    void shouldRefuseStrangersAndWhatItDoesNotUnderstand() throws IOException {
        bench.deliver(Side.INGRESS, FLOW, SYN);
        send(STRANGER, PORT, geneve(PLAIN_HEADER, SYN));
        send(APPLIANCE, ENTROPY_PORT, geneve("0000080000004300", SYN)); // network identifier
        send(APPLIANCE, ENTROPY_PORT, geneve("0040080000004200", SYN)); // critical options
        send(APPLIANCE, ENTROPY_PORT, geneve("0080080000004200", SYN)); // control
        send(APPLIANCE, ENTROPY_PORT, geneve("4000080000004200", SYN)); // version
        send(APPLIANCE, ENTROPY_PORT, geneve("000086dd00004200", SYN)); // IPv4 said to be IPv6
        send(APPLIANCE, ENTROPY_PORT, geneve("3f00080000004200", SYN)); // options past its end
        send(APPLIANCE, ENTROPY_PORT, new byte[GENEVE - 1]);
        takeIn(8);

        assertEquals(List.of(), bench.emitted);
        assertTrue(processor.summary().contains("strangers=1 malformed_datagrams=7"));
    }

    @Test
    void shouldNameTheAddressThatCannotBeUsed() {
        assertTrue(
                String.valueOf(
                                assertThrows(
                                                IOException.class,
                                                () -> ApplianceProcessor.open(CONFIG, "slot-3"))
                                        .getMessage())
                        .contains("port 6081 of " + OWN + ": bind: "));
        assertThrows(IOException.class, () -> ApplianceProcessor.open(CONFIG, "slot-9"));
    }
}
