package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.boomerang.cluster.key.ChassisKey;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

class CheckCommandTest {
    @TempDir private Path directory = Path.of("");

    @BeforeEach
    void writeSecret() throws IOException {
        final Path key = Files.writeString(directory.resolve("key"), "0".repeat(32));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        ChassisKey.generate().store(directory.resolve("chassis.p12"), new char[0]);
    }

    private CommandRun check(final String text) throws IOException {
        final Path file = Files.writeString(directory.resolve("chassis.yaml"), text);
        return CommandRun.of("check", file.toString());
    }

    @Test
    void shouldPrintTheNodesOfAGoodFile() throws IOException {
        final CommandRun run =
                check(
                        """
                        chassis: demo
                        flows: {hash-key-file: key}
                        backplane: {keys: [{id: 1, file: key}]}
                        cluster: {key-file: chassis.p12}
                        blades:
                          - name: a
                            address: 2001:db8::1
                            redirector: {node: 1, side: ingress, interface: eth1}
                            processor: {node: 201}
                          - {name: b, address: 2001:db8::2, redirector: {node: 2, side: egress, interface: eth2}}
                        """);

        assertEquals(
                """
                demo: 3 nodes on 2 blades
                   1  a-redirector                     ingress-redirector  [2001:db8:0:0:0:0:0:1]:6081   eth1
                   2  b                                egress-redirector   [2001:db8:0:0:0:0:0:2]:6081   eth2
                 201  a-processor                      blade               [2001:db8:0:0:0:0:0:1]:6082
                """,
                run.out().replace(System.lineSeparator(), "\n").replaceAll(" +\n", "\n"));
        assertEquals(0, run.status());
    }

    @Test
    void shouldPrintEveryComplaint() throws IOException {
        final CommandRun run = check("chassis: demo\nblades: []\n");

        assertEquals(1, run.status());
        assertEquals("", run.out());
        assertEquals(4, run.err().lines().count(), run.err());
    }

    @Test
    void shouldSayThatThereIsNoFile() {
        final CommandRun run = CommandRun.of("check", directory + "/none.yaml");

        assertEquals(1, run.status());
        assertEquals(
                "boomerang: " + directory + "/none.yaml: no such file" + System.lineSeparator(),
                run.err());
    }
}
