package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.cluster.key.ChassisKey;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

class NodeCommandTest {
    @TempDir private Path directory = Path.of("");

    @BeforeEach
    void writeFile() throws IOException {
        final Path key = Files.writeString(directory.resolve("key"), "0".repeat(32));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        ChassisKey.generate().store(directory.resolve("chassis.p12"), new char[0]);
        Files.writeString(
                directory.resolve("chassis.yaml"),
                """
                chassis: demo
                flows: {hash-key-file: key}
                backplane: {keys: [{id: 1, file: key}]}
                cluster: {key-file: chassis.p12}
                blades:
                  - {name: in, address: 10.0.0.1, redirector: {node: 1, side: ingress, interface: a}}
                  - {name: out, address: 10.0.0.2, redirector: {node: 2, side: egress, interface: b}}
                  - {name: one, address: 10.0.0.3, processor: {node: 3}}
                """);
    }

    private CommandRun node(final String... arguments) {
        final String[] all = new String[arguments.length + 3];
        all[0] = "node";
        all[1] = "--config";
        all[2] = directory.resolve("chassis.yaml").toString();
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        return CommandRun.of(all);
    }

    @Test
    void shouldOnlyReadTheFileWhenToldTo() {
        final CommandRun run = node("--blade", "one", "--check");

        assertEquals(0, run.status(), run.err());
        assertEquals("", run.out() + run.err());
    }

    @Test
    void shouldComplainOfTheFile() throws IOException {
        Files.writeString(directory.resolve("chassis.yaml"), "chassis: demo\nblades: []\n");

        final CommandRun run = node("--blade", "one");

        assertEquals(1, run.status());
        assertTrue(run.err().contains("chassis.yaml:2:9: blades: is empty"), run.err());
    }

    @Test
    void shouldNameTheBladeThatWasMeant() {
        final CommandRun run = node("--blade", "oen");

        assertEquals(2, run.status());
        assertTrue(
                run.err().contains("--blade oen: no blade is called oen; did you mean one?"),
                run.err());
    }

    @Test
    void shouldRefuseALogThatThereIsNot() {
        assertEquals(2, node("--blade", "one", "--log-format", "xml").status());
        assertEquals(2, node("--blade", "one", "--log-level", "loud").status());
    }
}
