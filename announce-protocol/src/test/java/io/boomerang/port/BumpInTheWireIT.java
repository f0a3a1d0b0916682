package io.boomerang.port;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.port.PortOptions.Driver;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;

/// Two hosts, each in a network namespace, with all offloads of their interfaces on, notice nothing
/// of a bump in the wire between them.
///
/// `client's eth0 | left -- bump -- right | server's eth0`
class BumpInTheWireIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MTU = 1_500;
    private static final int FILE_BYTES = 32 << 20;
    private static final String PORT = "8080";

    @TempDir private Path directory;

    private final List<AutoCloseable> closeables = new ArrayList<>();
    private final TestNetwork network = TestNetwork.orSkip();
    private String client = "";
    private String server = "";

    @AfterEach
    void closeAll() throws Exception {
        for (final AutoCloseable closeable : closeables.reversed()) {
            closeable.close();
        }
        network.close();
    }

    @ParameterizedTest
    @EnumSource(value = Driver.class, mode = Mode.EXCLUDE, names = "AUTO")
    void shouldPassPingsWithTheirAddressResolution(final Driver driver) throws PortException {
        TestNetwork.requireCommand("ping", "iputils-ping");
        build(driver);

        network.in(client, "ping", "-c", "3", "-i", "0.1", "-W", "5", "10.9.0.2");
        network.in(client, "ping", "-c", "3", "-i", "0.1", "-W", "5", "fd00:9::2");
        network.in(server, "ping", "-c", "3", "-i", "0.1", "-W", "5", "-s", "9000", "10.9.0.1");
        network.in(server, "ping", "-c", "3", "-i", "0.1", "-W", "5", "-s", "9000", "fd00:9::1");
    }

    @ParameterizedTest
    @EnumSource(value = Driver.class, mode = Mode.EXCLUDE, names = "AUTO")
    void shouldPassDownloadsWhole(final Driver driver) throws IOException {
        TestNetwork.requireCommand("curl", "curl");
        final List<PacketPort> ports = build(driver);
        final String sum = serveFile(server);

        assertEquals(sum, download(client, "10.9.0.2"));
        assertEquals(sum, download(client, "[fd00:9::2]"));
        for (final PacketPort port : ports) {
            assertEquals(0, port.counters().tooLong(), () -> "too long: " + port.counters());
            assertEquals(0, port.counters().notSegmented(), () -> "whole: " + port.counters());
        }
    }

    private List<PacketPort> build(final Driver driver) throws PortException {
        TestNetwork.requireDriver(driver);
        client = network.namespace("client");
        server = network.namespace("server");
        final PortOptions options = PortOptions.DEFAULTS.withDriver(driver);
        final PacketPort left = PacketPorts.open(network.pair("left", "c", MTU), options);
        closeables.add(left);
        final PacketPort right = PacketPorts.open(network.pair("right", "s", MTU), options);
        closeables.add(right);
        closeables.add(new Bump(left, right));
        network.move("c", client, "10.9.0.1/24", "fd00:9::1/64");
        network.move("s", server, "10.9.0.2/24", "fd00:9::2/64");
        return List.of(left, right);
    }

    /// Starts a web server with one file of random bytes; answers the file's digest.
    private String serveFile(final String host) throws IOException {
        final byte[] content = new byte[FILE_BYTES];
        new SplittableRandom(9).nextBytes(content);
        Files.write(directory.resolve("file"), content);
        final Process web =
                network.start(
                        host,
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-m",
                        "jdk.httpserver",
                        "-b",
                        "::",
                        "-p",
                        PORT,
                        "-d",
                        directory.toString());
        await().atMost(PATIENCE)
                .until(() -> {
                    assertTrue(web.isAlive(), "the web server has ended");
                    return network.in(host, "cat", "/proc/net/tcp6").contains(":1F90 ");
                });
        return digest(content);
    }

    private String download(final String host, final String from) throws IOException {
        final Path copy = directory.resolve("copy");
        Files.deleteIfExists(copy);
        network.in(
                host,
                "curl",
                "-s",
                "-S",
                "-f",
                "-g",
                "--max-time",
                "50",
                "-o",
                copy.toString(),
                "http://" + from + ":" + PORT + "/file");
        return digest(Files.readAllBytes(copy));
    }

    private static String digest(final byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (final NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
