package io.boomerang.port;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.nio.file.Path;

/// What a process gets that may not do all that root may.
class PrivilegeIT {
    private final TestNetwork network = TestNetwork.orSkip();

    @AfterEach
    void removeNetwork() {
        network.close();
    }

    /// Opens a port on the interface of that name and says of which kind it is, takes the interface
    /// down, and says why not.
    public static void main(final String[] arguments) {
        try {
            new InterfaceLink(arguments[0]).set(false);
        } catch (final PortException e) {
            System.out.println(e.getMessage());
        }
        try (PacketPort port = PacketPorts.open(arguments[0], PortOptions.DEFAULTS)) {
            System.out.println("opened by " + port.kind());
        } catch (final PortException e) {
            System.out.println(e.getMessage());
        }
    }

    @Test
    void shouldNameTheMissingCapability() {
        TestNetwork.requireCommand("setpriv", "util-linux");
        final String name = network.pair("left", "far", 1_500);

        final String output =
                network.run(
                        "sh",
                        "-c",
                        "exec setpriv --bounding-set=-net_raw --inh-caps=-net_raw " + java(name));

        assertTrue(
                output.contains(
                        "port "
                                + name
                                + ": a packet socket needs CAP_NET_RAW"
                                + " (socket: Operation not permitted (errno 1))"),
                output);
    }

    @Test
    void shouldNameTheCapabilityThatLinksNeed() {
        TestNetwork.requireCommand("setpriv", "util-linux");
        final String name = network.pair("left", "far", 1_500);

        final String output =
                network.run(
                        "sh",
                        "-c",
                        "exec setpriv --bounding-set=-net_admin --inh-caps=-net_admin "
                                + java(name));

        assertTrue(
                output.contains(
                        "port "
                                + name
                                + ": to take it down needs CAP_NET_ADMIN"
                                + " (ioctl SIOCSIFFLAGS: Operation not permitted (errno 1))"),
                output);
        assertTrue(output.contains("opened by "), output);
    }

    @Test
    void shouldDoWithPacketSocketsWhereBpfIsRefused() {
        TestNetwork.requireCommand("unshare", "util-linux");

        final String output =
                network.run(
                        "unshare",
                        "-Urn",
                        "sh",
                        "-c",
                        "ip link add left type veth peer name far && " + java("left"));

        assertTrue(output.contains("opened by AF_PACKET"), output);
    }

    private static String java(final String argument) {
        return String.join(
                " ",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                "'" + System.getProperty("java.class.path") + "'",
                PrivilegeIT.class.getName(),
                argument);
    }
}
