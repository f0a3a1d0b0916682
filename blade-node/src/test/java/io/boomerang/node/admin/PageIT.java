package io.boomerang.node.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.boomerang.cluster.key.ChassisKey;
import io.boomerang.node.config.ChassisConfig;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/// The page in a browser that can reach nothing but the daemon.
class PageIT {
    private static final Path BROWSER = Path.of("/usr/bin/chromium");
    private static final String TOKEN = "000102030405060708090a0b0c0d0e0f";

    @TempDir private Path directory = Path.of("");

    private final FakeBlade blade = new FakeBlade();

    private ChassisConfig config() throws Exception {
        final Path key = Files.writeString(directory.resolve("key"), TOKEN);
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        ChassisKey.generate().store(directory.resolve("chassis.p12"), new char[0]);
        return ChassisConfig.read(
                Files.writeString(
                        directory.resolve("chassis.yaml"),
                        """
                        chassis: demo
                        flows: {hash-key-file: key}
                        backplane: {keys: [{id: 1, file: key}]}
                        cluster: {key-file: chassis.p12}
                        admin: {token-file: key}
                        blades:
                          - name: slot-2
                            address: 10.99.0.2
                            redirector: {node: 1, side: ingress, interface: eth1}
                            processor: {node: 3}
                          - {name: b, address: 10.99.0.3, redirector: {node: 2, side: egress, interface: eth1}}
                        """));
    }

    /// What the page has become after some seconds of its own time.
    private String pageAt(final InetSocketAddress address, final String hash) throws Exception {
        final Process browser =
                new ProcessBuilder(
                                BROWSER.toString(),
                                "--headless",
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-dev-shm-usage",
                                "--no-first-run",
                                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                                "--user-data-dir=" + directory.resolve("browser"),
                                "--virtual-time-budget=8000",
                                "--dump-dom",
                                "http://127.0.0.1:" + address.getPort() + "/" + hash)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        final String page =
                new String(browser.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, browser.waitFor(), page);
        return page;
    }

    @Test
    void shouldShowTheChassisAndWhatHappensToIt() throws Exception {
        assumeTrue(Files.isExecutable(BROWSER), "no " + BROWSER + " on this machine");
        blade.drainsAfter = 4;
        final InetSocketAddress nowhere =
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
        try (AdminServer server = AdminServer.open(config(), blade, nowhere)) {
            final String page = pageAt(server.address(), "#token=" + TOKEN);

            assertTrue(page.contains("Chassis demo, seen from slot-2"), page);
            for (final String part :
                    List.of(
                            "class=\"draining\" data-node=\"slot-2-processor\"",
                            "class=\"running\" data-node=\"slot-2-redirector\"",
                            "class=\"gone\" data-node=\"b\"",
                            "data-path=\"slot-2-redirector slot-2-processor\"",
                            "slot-2-processor drains</li>")) {
                assertTrue(page.contains(part), part + " is not in " + page);
            }
            assertTrue(page.matches("(?s).*>\\d+ / \\d+ frames/s<.*"), page);
            assertTrue(!page.contains(TOKEN), page);
        }
    }

    @Test
    void shouldAskForTheToken() throws Exception {
        assumeTrue(Files.isExecutable(BROWSER), "no " + BROWSER + " on this machine");
        final InetSocketAddress nowhere =
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
        try (AdminServer server = AdminServer.open(config(), blade, nowhere)) {
            final String page = pageAt(server.address(), "");

            assertTrue(page.contains("the token is missing or wrong"), page);
            assertTrue(page.contains("<form id=\"login\">"), page);
            assertEquals(List.of(), blade.asked);
        }
    }
}
