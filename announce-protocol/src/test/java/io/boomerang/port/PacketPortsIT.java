package io.boomerang.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.port.PortOptions.Driver;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

class PacketPortsIT {
    private static final PortOptions PACKET = PortOptions.DEFAULTS.withDriver(Driver.AF_PACKET);
    private static final int RING = 64;

    private final TestNetwork network = TestNetwork.orSkip();

    @AfterEach
    void removeNetwork() {
        network.close();
    }

    @Test
    void shouldNameTheInterfaceAndWhatIsMissing() {
        final String longMtu = network.pair("long", "far", 20_000);

        assertEquals(
                "port none-such: no such interface in this network namespace"
                        + " (if_nametoindex none-such: No such device (errno 19))",
                refusal("none-such"));
        assertEquals("port lo: no Ethernet interface (hardware type 772)", refusal("lo"));
        assertEquals(
                "port " + longMtu + ": MTU 20000 is longer than 16000, set a shorter one",
                refusal(longMtu));
        assertEquals(
                "port a-name-that-is-too-long: an interface has a name of 1 to 15 bytes",
                refusal("a-name-that-is-too-long"));
    }

    private static String refusal(final String device) {
        return refusal(device, Driver.AUTO);
    }

    private static String refusal(final String device, final Driver driver) {
        return String.valueOf(
                assertThrows(
                                PortException.class,
                                () ->
                                        PacketPorts.open(
                                                device, PortOptions.DEFAULTS.withDriver(driver)))
                        .getMessage());
    }

    @Test
    void shouldChooseWhatTheInterfaceCanDo() throws PortException {
        TestNetwork.requireXdp();
        final String tight = network.pair("tight", "less", 3_800);
        final String fine = network.pair("fine", "far", 1_500);
        final String jumbo = network.pair("jumbo", "wide", 9_000);
        final String bridge = network.bridge("br");

        assertEquals("AF_XDP copy", kind(fine, Driver.AUTO));
        assertEquals("AF_PACKET", kind(fine, Driver.AF_PACKET));
        assertEquals("AF_PACKET", kind(jumbo, Driver.AUTO));
        assertEquals("AF_PACKET", kind(bridge, Driver.AUTO));
        assertEquals(
                "port "
                        + jumbo
                        + ": no AF_XDP (MTU 9000 is longer than 3818, what its frame memory holds)",
                refusal(jumbo, Driver.AF_XDP));
        assertEquals(
                "port " + bridge + ": no AF_XDP (its driver has no XDP)",
                refusal(bridge, Driver.AF_XDP));
        assertEquals(
                "port " + tight + ": no AF_XDP (MTU 3800 is longer than its driver's XDP takes)",
                refusal(tight, Driver.AF_XDP));
        try (PacketPort first = PacketPorts.open(fine, PortOptions.DEFAULTS)) {
            assertEquals("AF_PACKET", kind(fine, Driver.AUTO), first::kind);
        }
        assertEquals("AF_XDP copy", kind(fine, Driver.AF_XDP), "all of it was closed");
    }

    private static String kind(final String device, final Driver driver) throws PortException {
        try (PacketPort port = PacketPorts.open(device, PortOptions.DEFAULTS.withDriver(driver))) {
            return port.kind();
        }
    }

    @Test
    void shouldSwitchReceiveOffloadOffAndOnAgain() throws PortException {
        final String name = network.pair("left", "far", 1_500);
        try (NetworkDevice device = NetworkDevice.ethernet(name)) {
            assertTrue(Offload.GENERIC_RECEIVE.switchTo(device, true));

            try (PacketPort port = PacketPorts.open(name, PACKET)) {
                assertEquals(name, port.name());
                assertFalse(Offload.GENERIC_RECEIVE.isOn(device), port.kind());
            }

            assertTrue(Offload.GENERIC_RECEIVE.isOn(device));
        }
    }

    @Test
    void shouldGiveUpFramesOfAnInterfaceThatIsDown() throws PortException {
        final String name = network.pair("left", "far", 1_500);
        final MemorySegment frame = MemorySegment.ofArray(new byte[100]);
        try (PacketPort port = PacketPorts.open(name, PACKET)) {
            network.run("ip", "link", "set", name, "down");
            assertTrue(port.transmit(frame, 0, 100));
            port.flush();
            port.flush();

            assertEquals(new PortCounters(0, 0, 0, 0, 0, 1), port.counters());

            network.run("ip", "link", "set", name, "up");
            assertTrue(port.transmit(frame, 0, 100));
            port.flush();
            assertEquals(new PortCounters(0, 1, 0, 0, 0, 1), port.counters());
        }
    }

    @Test
    void shouldWaitAlsoWhenAnInterfaceWentDown() throws PortException {
        final String name = network.pair("left", "far", 1_500);
        final FrameBurst burst = new FrameBurst(1);
        try (PacketPort port = PacketPorts.open(name, PACKET);
                PacketPort far = PacketPorts.open(network.device("far"), PACKET);
                PortWait wait = new PortWait(List.of(port))) {
            assertFalse(wait.await(1));
            network.run("ip", "link", "set", name, "down");
            assertTrue(wait.await(0), "the error");
            assertFalse(wait.await(1), "no longer");

            network.run("ip", "link", "set", name, "up");
            assertTrue(far.transmit(MemorySegment.ofArray(new byte[100]), 0, 100));
            far.flush();

            assertTrue(wait.await(10_000));
            assertEquals(1, port.receive(burst));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"AF_PACKET", "AF_XDP"})
    void shouldOpenOnAnInterfaceThatComesUpLater(final Driver driver) throws PortException {
        TestNetwork.requireDriver(driver);
        final String name = network.pair("left", "far", 1_500);
        final InterfaceLink link = new InterfaceLink(name);
        final FrameBurst burst = new FrameBurst(1);
        final MemorySegment frame = MemorySegment.ofArray(new byte[100]);
        link.set(false);
        assertFalse(link.isUp());
        try (PacketPort port = PacketPorts.open(name, PortOptions.DEFAULTS.withDriver(driver));
                PacketPort far = PacketPorts.open(network.device("far"), PACKET);
                PortWait wait = new PortWait(List.of(port));
                PortWait farWait = new PortWait(List.of(far))) {
            assertEquals(0, port.receive(burst));

            link.set(true);
            assertTrue(link.isUp());
            assertTrue(far.transmit(frame, 0, 100));
            far.flush();
            assertTrue(wait.await(10_000));
            assertEquals(1, port.receive(burst));
            assertTrue(port.transmit(frame, 0, 100));
            port.flush();
            assertTrue(farWait.await(10_000));
        }
        assertTrue(link.isUp());
    }

    @Test
    void shouldSayWhichInterfaceCannotBeTakenUp() {
        final PortException refusal =
                assertThrows(PortException.class, () -> new InterfaceLink("none-such").set(true));

        assertTrue(String.valueOf(refusal.getMessage()).startsWith("port none-such: no such"));
    }

    @Test
    void shouldRefuseFramesThatDoNotFit() throws PortException {
        final String name = network.pair("left", "far", 1_500);
        final MemorySegment frame = MemorySegment.ofArray(new byte[2_000]);
        try (PacketPort port = PacketPorts.open(name, PACKET)) {
            assertFalse(port.transmit(frame, 0, 1_500 + 14 + 8 + 1));
            assertFalse(port.transmit(frame, 0, 13));
            assertTrue(port.transmit(frame, 0, 1_514));
            port.flush();
            assertEquals(new PortCounters(0, 1, 0, 2, 0, 0), port.counters());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"AF_PACKET", "AF_XDP"})
    void shouldSendMoreFramesInOneGoThanTheRingHolds(final Driver driver) throws PortException {
        TestNetwork.requireDriver(driver);
        final String name = network.pair("left", "far", 1_500);
        final PortOptions few = new PortOptions(driver, RING, RING, true);
        final int count = 3 * RING + 1;
        final FrameBurst burst = new FrameBurst(2 * count);
        try (PacketPort far = PacketPorts.open(network.device("far"), PACKET);
                PacketPort port = PacketPorts.open(name, few)) {
            final byte[] frame = new byte[100];
            for (int i = 0; i < count; i++) {
                frame[frame.length - 1] = (byte) i;
                assertTrue(
                        port.transmit(MemorySegment.ofArray(frame), 0, frame.length), "frame " + i);
            }
            port.flush();

            assertEquals(count, port.counters().sent());
            assertEquals(count, far.receive(burst));
            for (int i = 0; i < count; i++) {
                final long last = burst.offset(i) + burst.length(i) - 1;
                assertEquals((byte) i, burst.segment(i).get(ValueLayout.JAVA_BYTE, last));
            }
        }
    }

    @Test
    void shouldRefuseFramesWhileTheInterfaceTakesNone() throws PortException {
        TestNetwork.requireXdp();
        final String name = network.pair("left", "far", 1_500);
        final PortOptions few = new PortOptions(Driver.AF_XDP, RING, RING, true);
        final MemorySegment frame = MemorySegment.ofArray(new byte[100]);
        try (PacketPort port = PacketPorts.open(name, few)) {
            network.run("ip", "link", "set", name, "down");
            for (int i = 0; i < RING; i++) {
                assertTrue(port.transmit(frame, 0, 100), "frame " + i);
            }
            assertFalse(port.transmit(frame, 0, 100));
            assertEquals(0, port.counters().sent());

            network.run("ip", "link", "set", name, "up");
            assertFalse(port.transmit(frame, 0, 100), "before the next flush");
            port.flush();
            assertTrue(port.transmit(frame, 0, 100));
            port.flush();
            assertEquals(RING + 1, port.counters().sent());
        }
    }

    @Test
    void shouldCountFramesThatFindTheReceiveRingFull() throws PortException {
        final String name = network.pair("left", "far", 1_500);
        final MemorySegment frame = MemorySegment.ofArray(new byte[100]);
        final PortOptions few = new PortOptions(Driver.AF_PACKET, 64, 64, true);
        final FrameBurst burst = new FrameBurst(100);
        try (PacketPort port = PacketPorts.open(name, few);
                PacketPort far = PacketPorts.open(network.device("far"), PACKET)) {
            for (int i = 0; i < 80; i++) {
                assertTrue(far.transmit(frame, 0, 100));
            }
            far.flush();

            assertEquals(64, port.receive(burst));
            assertEquals(0, port.receive(burst));
            assertEquals(new PortCounters(64, 0, 16, 0, 0, 0), port.counters());
        }
    }
}
