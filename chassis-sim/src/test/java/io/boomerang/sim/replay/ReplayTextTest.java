package io.boomerang.sim.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.DesiredRule;
import io.boomerang.announce.SelectionPolicy;
import io.boomerang.flow.Cidr;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.FlowText;
import io.boomerang.flow.HashKey;
import io.boomerang.flow.Side;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/// What users type: flows, blocks, events, speeds.
final class ReplayTextTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "tcp 10.0.0.1:80 <-> 10.0.0.2:4711",
                "udp [2001:db8:0:0:0:0:0:1]:53 <-> [2001:db8:0:0:0:0:0:2]:999",
                "udplite 1.2.3.4:1 <-> 1.2.3.4:2",
                "sctp 1.2.3.4:0 <-> 200.2.3.4:65535",
                "dccp 1.2.3.4:5 <-> 1.2.3.5:5",
                "icmp id 7 10.0.0.1 <-> 10.0.0.2",
                "icmp6 id 65535 2001:db8:0:0:0:0:0:1 <-> 2001:db8:0:0:0:0:0:2",
                "icmp 10.0.0.1 <-> 10.0.0.2",
                "ip/47 10.0.0.1 <-> 10.0.0.2",
            })
    void shouldReadFlowsAsTheyAreWritten(final String text) {
        assertEquals(text, FlowText.parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "TCP 10.0.0.2:4711 10.0.0.1:80",
                "tcp,10.0.0.1:80,10.0.0.2:4711",
                " tcp  10.0.0.2:4711 -> 10.0.0.1:80 ",
                "ip/6 10.0.0.1 10.0.0.2",
            })
    void shouldReadFlowsAsTheyAreTyped(final String text) {
        final FlowKey key = FlowText.parse(text);

        assertEquals(6, key.protocol());
        assertEquals(0x0A000001L, key.aLow());
        assertEquals(0x0A000002L, key.bLow());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "tcp",
                "tcp 10.0.0.1:80",
                "tcp 10.0.0.1 10.0.0.2",
                "tcp 10.0.0.1:80 10.0.0.2:65536",
                "tcp 10.0.0.1:80 10.0.0.2:-1",
                "tcp 10.0.0.1:80 [::1]:80",
                "tcp 10.0.0.256:80 10.0.0.1:80",
                "tcp host:80 10.0.0.1:80",
                "quic 10.0.0.1:80 10.0.0.2:80",
                "ip/256 10.0.0.1 10.0.0.2",
                "icmp id x 10.0.0.1 10.0.0.2",
                "tcp 10.0.0.1:80 10.0.0.2:80 10.0.0.3:80",
            })
    void shouldRefuseWhatIsNoFlow(final String text) {
        assertThrows(IllegalArgumentException.class, () -> FlowText.parse(text));
    }

    @Test
    void shouldTellPacketsFromFlows() {
        assertEquals(new ExplainTarget.Packet(17), ExplainTarget.parse("17"));
        assertTrue(ExplainTarget.parse("ip/47 1.2.3.4 1.2.3.5") instanceof ExplainTarget.Flow);
        assertThrows(IllegalArgumentException.class, () -> ExplainTarget.parse("0"));
        assertThrows(
                IllegalArgumentException.class, () -> ExplainTarget.parse("99999999999999999999"));
    }

    private static boolean contains(final String block, final String address) {
        final ByteBuffer bytes = ByteBuffer.wrap(InetAddress.ofLiteral(address).getAddress());
        return bytes.capacity() == 4
                ? Cidr.parse(block).contains(false, 0, Integer.toUnsignedLong(bytes.getInt()))
                : Cidr.parse(block).contains(true, bytes.getLong(), bytes.getLong());
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.1.2, 11.0.0.0",
        "10.9.8.7/8, 10.255.1.2, 9.255.255.255",
        "192.168.1.1, 192.168.1.1, 192.168.1.2",
        "192.168.1.2/31, 192.168.1.3, 192.168.1.4",
        "0.0.0.0/0, 255.255.255.255, ::1",
        "128.0.0.0/1, 200.0.0.1, 127.255.255.255",
        "2001:db8::/32, 2001:db8:ffff::1, 2001:db9::",
        "2001:db8::/64, 2001:db8::ffff:1, 2001:db8:0:1::",
        "2001:db8::/65, 2001:db8::7fff:0:0:1, 2001:db8::8000:0:0:1",
        "2001:db8::1, 2001:db8::1, 2001:db8::2",
        "::/0, ffff::1, 1.2.3.4",
    })
    void shouldTellWhatIsInABlock(final String block, final String inside, final String outside) {
        assertTrue(contains(block, inside));
        assertFalse(contains(block, outside));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "::/129", "host/8"})
    void shouldRefuseWhatIsNoBlock(final String text) {
        assertThrows(IllegalArgumentException.class, () -> Cidr.parse(text));
    }

    @Test
    void shouldReadEvents() {
        assertEquals(
                new ScheduledEvent(5, new ChassisEvent.AddBlade()),
                ScheduledEvent.parse("5:add-blade"));
        assertEquals(
                new ScheduledEvent(5, new ChassisEvent.AddRedirector(Side.EGRESS)),
                ScheduledEvent.parse("5:add-redirector=egress"));
        assertEquals(
                new ScheduledEvent(1, new ChassisEvent.Drain("blade-2")),
                ScheduledEvent.parse("1:drain=blade-2"));
        assertEquals(
                new ScheduledEvent(1, new ChassisEvent.Move("blade-2")),
                ScheduledEvent.parse("1:move=blade-2"));
        assertEquals(
                new ScheduledEvent(9, new ChassisEvent.Kill("blade-2")),
                ScheduledEvent.parse("9:kill=blade-2"));
        assertEquals(
                new ScheduledEvent(9, new ChassisEvent.Weight("blade-2", 300)),
                ScheduledEvent.parse("9:weight=blade-2,300"));
        assertEquals(
                new ScheduledEvent(
                        9,
                        new ChassisEvent.Rule(new DesiredRule(SelectionPolicy.LEAST_LOADED, null))),
                ScheduledEvent.parse("9:policy=least-loaded"));
        assertEquals(
                new ScheduledEvent(
                        9,
                        new ChassisEvent.Rule(
                                new DesiredRule(
                                        null,
                                        new HashKey(0x0001020304050607L, 0xF8F9FAFBFCFDFEFFL)))),
                ScheduledEvent.parse("9:hash-key=0001020304050607f8f9fafbfcfdfeff"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "5",
                ":add-blade",
                "0:add-blade",
                "-1:add-blade",
                "x:add-blade",
                "5:",
                "5:reboot",
                "5:add-blade=3",
                "5:add-redirector",
                "5:add-redirector=north",
                "5:drain",
                "5:drain=",
                "5:kill= ",
                "5:weight=blade-1",
                "5:weight=blade-1,",
                "5:weight=blade-1,x",
                "5:weight=blade-1,-1",
                "5:weight=blade-1,1001",
                "5:weight=,1",
                "5:policy=",
                "5:policy=hash",
                "5:policy",
                "5:hash-key=",
                "5:hash-key=0001020304050607f8f9fafbfcfdfeffa",
                "5:hash-key=0001020304050607f8f9fafbfcfdfefg",
            })
    void shouldRefuseWhatIsNoEvent(final String text) {
        assertThrows(IllegalArgumentException.class, () -> ScheduledEvent.parse(text));
    }

    @Test
    void shouldReadSpeeds() {
        assertEquals(ReplaySpeed.ORIGINAL, ReplaySpeed.parse("original"));
        assertTrue(ReplaySpeed.parse("max").isUnlimited());
        assertEquals(0.5, ReplaySpeed.parse("0.5").factor());
        assertThrows(IllegalArgumentException.class, () -> ReplaySpeed.parse("0"));
        assertThrows(IllegalArgumentException.class, () -> ReplaySpeed.parse("-1"));
        assertThrows(IllegalArgumentException.class, () -> ReplaySpeed.parse("NaN"));
        assertThrows(IllegalArgumentException.class, () -> ReplaySpeed.parse("fast"));
    }

    @Test
    void shouldReadEthernetAddresses() {
        assertEquals(0x0011_22AA_BBCCL, SideRule.parseMac("00:11:22:aa:BB:cc"));
        assertEquals(0x0011_22AA_BBCCL, SideRule.parseMac("00-11-22-aa-bb-cc"));
        assertThrows(IllegalArgumentException.class, () -> SideRule.parseMac("00:11:22:aa:bb"));
        assertThrows(IllegalArgumentException.class, () -> SideRule.parseMac("00:11:22:aa:bb:xx"));
    }
}
