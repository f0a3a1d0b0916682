package io.boomerang.node.config;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.boomerang.cluster.key.ChassisKey;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/// A directory with a chassis file and the secrets that it names.
final class ChassisFiles {
    static final String SMALLEST =
            """
            chassis: demo
            flows:
              hash-key-file: hash.key
            backplane:
              keys:
                - {id: 1, file: backplane.key}
            blades:
              - name: slot-1
                address: 10.99.0.1
                redirector: {node: 1, side: ingress, interface: eth1}
              - name: slot-2
                address: 10.99.0.2
                redirector: {node: 2, side: egress, interface: eth1}
              - name: slot-3
                address: 10.99.0.3
                processor: {node: 3}
            cluster: {key-file: chassis.p12}
            """;

    private static final ChassisKey KEY = generate();

    private final Path directory;

    ChassisFiles(final Path directory) {
        this.directory = directory;
    }

    private static ChassisKey generate() {
        try {
            return ChassisKey.generate();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void writeSecrets() throws IOException {
        KEY.store(directory.resolve("chassis.p12"), new char[0]);
        Files.writeString(directory.resolve("none.password"), "");
        secret("hash.key", "000102030405060708090a0b0c0d0e0f\n");
        secret("backplane.key", "ffffffffffffffff0100000000000000");
    }

    Path secret(final String name, final String text) throws IOException {
        final Path file = Files.writeString(directory.resolve(name), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    ChassisConfig read(final String text) throws IOException, ConfigException {
        return ChassisConfig.read(Files.writeString(directory.resolve("chassis.yaml"), text));
    }

    List<String> complaints(final String text) {
        final ConfigException refusal = assertThrows(ConfigException.class, () -> read(text));
        return refusal.complaints().stream()
                .map(line -> line.replace(directory + "/", ""))
                .toList();
    }
}
