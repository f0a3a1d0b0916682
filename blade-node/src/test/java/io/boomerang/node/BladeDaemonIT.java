package io.boomerang.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.cluster.key.ChassisKey;
import io.boomerang.node.config.ChassisConfig;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// Daemons on the addresses of the loopback interface. What they do with packets is tried with
/// network namespaces, by the tests of `boomerang up`.
class BladeDaemonIT {
    @TempDir private Path directory = Path.of("");

    private ChassisConfig config() throws Exception {
        final Path key = Files.writeString(directory.resolve("key"), "0".repeat(32));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        ChassisKey.generate().store(directory.resolve("chassis.p12"), new char[0]);
        final String text =
                """
                chassis: test
                state-directory: state
                flows: {hash-key-file: key}
                backplane: {port: %d, keys: [{id: 1, file: key}]}
                cluster: {port: %d, key-file: chassis.p12}
                drain-limit: 10s
                admin: {address: backplane, port: %d}
                limits: {sessions: 1024, flows: 1024}
                blades:
                  - {name: in, address: 127.0.0.1, redirector: {node: 1, side: ingress, interface: none-1}}
                  - {name: out, address: 127.0.0.2, redirector: {node: 2, side: egress, interface: none-2}}
                  - {name: one, address: 127.0.0.3, processor: {node: 3}}
                  - {name: two, address: 127.0.0.4, processor: {node: 4}}
                """
                        .formatted(freePort(), freePort(), freePort());
        return ChassisConfig.read(Files.writeString(directory.resolve("chassis.yaml"), text));
    }

    private static BladeDaemon daemon(final ChassisConfig config, final String blade) {
        return new BladeDaemon(
                config,
                blade,
                () -> {
                    throw new AssertionError("nobody kills it");
                });
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.3"))) {
            return socket.getLocalPort();
        }
    }

    @Test
    void shouldJoinDrainAndLeave() throws Exception {
        final ChassisConfig config = config();
        final BladeDaemon one = daemon(config, "one");
        final BladeDaemon two = daemon(config, "two");
        one.start();
        two.start();

        assertTrue(one.stop());
        assertFalse(one.awaitEnd());
        assertTrue(two.stop());
        assertEquals("0\n", Files.readString(directory.resolve("state/one.incarnation")));
    }

    @Test
    void shouldSayWhichInterfaceIsMissingAndLeaveNothingBehind() throws Exception {
        final ChassisConfig config = config();
        for (int i = 0; i < 2; i++) {
            final BladeDaemon daemon = daemon(config, "in");

            final IOException refusal = assertThrows(IOException.class, daemon::start);

            assertTrue(refusal.toString().contains("none-1"), refusal.toString());
        }
    }

    @Test
    void shouldSayWhichAddressIsInUse() throws Exception {
        final ChassisConfig config = config();
        final BladeDaemon daemon = daemon(config, "one");
        daemon.start();

        final IOException refusal =
                assertThrows(IOException.class, () -> daemon(config, "one").start());

        assertTrue(refusal.toString().contains("/127.0.0.3:"), refusal.toString());
        assertTrue(daemon.stop());
    }
}
