package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.boomerang.cluster.key.ChassisKey;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/// What `mvn -Ppackages verify` has made: the Debian package installs and runs, the image is whole.
class PackagesIT {
    private static final Path TARGET = Path.of("target");
    private static final Path CAPTURE =
            Path.of("src/main/resources/io/boomerang/sim/demo/dns.pcap");
    private static final Path UNIT = Path.of("src/main/package/boomerang@.service");

    @TempDir private Path directory = Path.of("");

    private record Ended(int status, String output) {}

    private static Path built(final String name) {
        final Path file = TARGET.resolve(name);
        assumeTrue(Files.exists(file), file + " was not built: mvn -Ppackages verify");
        return file.toAbsolutePath();
    }

    private static void requireProgram(final String name) {
        assumeTrue(
                Stream.of("/usr/bin", "/bin")
                        .anyMatch(place -> Files.isExecutable(Path.of(place, name))),
                "no " + name + " on this machine");
    }

    private static Ended run(final Object... command) throws Exception {
        final ProcessBuilder builder =
                new ProcessBuilder(Arrays.stream(command).map(Object::toString).toList());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        final Process process = builder.redirectErrorStream(true).start();
        final String output =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output);
    }

    private Path unpacked() throws Exception {
        requireProgram("dpkg-deb");
        final Path root = directory.resolve("root");
        final Ended unpacking = run("dpkg-deb", "-x", built("boomerang.deb"), root);
        assertEquals(0, unpacking.status(), unpacking.output());
        return root;
    }

    @Test
    void shouldHoldWhatAnOperatorExpects() throws Exception {
        requireProgram("dpkg-deb");
        final Path file = built("boomerang.deb");

        final String control = run("dpkg-deb", "--info", file).output();
        final String contents = run("dpkg-deb", "--contents", file).output();

        assertTrue(control.contains("Package: boomerang\n"), control);
        assertEquals(
                "/etc/default/boomerang\n", run("dpkg-deb", "--info", file, "conffiles").output());
        for (final String entry :
                List.of(
                        "-rwxr-xr-x root/root .* \\./usr/bin/boomerang",
                        "-rw-r--r-- root/root .* \\./usr/share/boomerang/boomerang.jar",
                        "-rw-r--r-- root/root .* \\./usr/share/boomerang/lib/jgroups-.*\\.jar",
                        "-rw-r--r-- root/root .* \\./usr/lib/systemd/system/boomerang@.service",
                        "-rw-r--r-- root/root .* \\./usr/lib/sysusers.d/boomerang.conf",
                        "-rw-r--r-- root/root .* \\./etc/default/boomerang",
                        "-rw-r--r-- root/root .* \\./usr/share/doc/boomerang/examples/chassis.yaml",
                        "drwxr-x--- root/root .* \\./etc/boomerang/")) {
            assertTrue(
                    contents.lines().anyMatch(line -> line.matches(entry)),
                    entry + "\n" + contents);
        }
    }

    @Test
    void shouldBeAcceptedByThePackageManager() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "dpkg needs root");
        requireProgram("dpkg");
        final Path root = directory.resolve("machine");
        Files.createDirectories(root.resolve("var/lib/dpkg/info"));
        Files.createDirectories(root.resolve("var/lib/dpkg/updates"));
        Files.createFile(root.resolve("var/lib/dpkg/status"));
        final Ended install =
                run(
                        "dpkg",
                        "--root=" + root,
                        "--force-depends",
                        "--force-script-chrootless",
                        "--unpack",
                        built("boomerang.deb"));

        assertEquals(0, install.status(), install.output());
        final String status = Files.readString(root.resolve("var/lib/dpkg/status"));
        assertTrue(status.contains("Status: install ok unpacked"), status);
        assertTrue(Files.isExecutable(root.resolve("usr/bin/boomerang")));
    }

    @Test
    void shouldRunWhereItIsUnpacked() throws Exception {
        final Path root = unpacked();
        final Path boomerang = root.resolve("usr/bin/boomerang");
        final Path chassis =
                Files.copy(
                        root.resolve("usr/share/doc/boomerang/examples/chassis.yaml"),
                        directory.resolve("chassis.yaml"));
        for (final String key : List.of("hash.key", "backplane.key")) {
            Files.setPosixFilePermissions(
                    Files.writeString(directory.resolve(key), "5".repeat(32)),
                    PosixFilePermissions.fromString("rw-------"));
        }

        final Ended version = run(boomerang, "--version");
        final Ended incomplete = run(boomerang, "node", "--config", chassis, "--blade", "slot-1");
        ChassisKey.generate().store(directory.resolve("chassis.p12"), new char[0]);
        final Ended check = run(boomerang, "check", chassis);
        final Ended stranger = run(boomerang, "node", "--config", chassis, "--blade", "slot-9");
        final Ended absent =
                run(
                        boomerang,
                        "node",
                        "--config",
                        chassis,
                        "--blade",
                        "slot-3",
                        "--log-format",
                        "json");

        assertEquals(0, version.status(), version.output());
        assertTrue(version.output().matches("boomerang \\d+\\.\\d+.*\\R"), version.output());
        assertEquals(1, incomplete.status(), "the service manager leaves it: a key is missing");
        assertTrue(incomplete.output().contains("cluster.key-file"), incomplete.output());
        assertEquals(0, check.status(), check.output());
        assertTrue(check.output().startsWith("example: 4 nodes on 4 blades"), check.output());
        assertEquals(2, stranger.status(), stranger.output());
        assertEquals(3, absent.status(), "another start may help\n" + absent.output());
        final String last = absent.output().lines().reduce("", (_, line) -> line);
        final JsonNode line = new ObjectMapper().readTree(last);
        assertEquals("ERROR", line.get("level").asText());
        assertTrue(line.get("message").asText().contains("cannot start"), last);
    }

    @Test
    void shouldHaveAUnitThatSystemdTakes() throws Exception {
        requireProgram("systemd-analyze");
        final Path units = Files.createDirectories(directory.resolve("usr/lib/systemd/system"));
        final String unit = Files.readString(UNIT);
        final Path copy =
                Files.writeString(
                        units.resolve("boomerang@.service"),
                        unit.replace("/usr/bin/boomerang", "/bin/true"));

        final Ended verdict = run("systemd-analyze", "verify", copy);

        assertEquals("", verdict.output());
        assertEquals(0, verdict.status());
        assertTrue(unit.contains("RestartPreventExitStatus=1 2\n"));
    }

    /// The image layout specification of the Open Container Initiative, version 1.0.
    @Test
    void shouldBeAnImageOfWhichEveryByteIsKnown() throws Exception {
        requireProgram("tar");
        final Path layout = Files.createDirectory(directory.resolve("layout"));
        final Ended unpacking = run("tar", "-xf", built("boomerang-oci.tar"), "-C", layout);
        assertEquals(0, unpacking.status(), unpacking.output());
        final ObjectMapper json = new ObjectMapper();
        assertEquals(
                "1.0.0",
                json.readTree(layout.resolve("oci-layout").toFile())
                        .get("imageLayoutVersion")
                        .asText());
        final JsonNode index = json.readTree(layout.resolve("index.json").toFile());
        final List<String> known = new ArrayList<>();

        final JsonNode manifest = json.readTree(blob(layout, index.at("/manifests/0"), known));
        final JsonNode config = json.readTree(blob(layout, manifest.get("config"), known));
        final Path root = Files.createDirectory(directory.resolve("image"));
        for (final JsonNode layer : manifest.get("layers")) {
            blob(layout, layer, known);
            final Ended layers = run("tar", "-xzf", path(layout, layer), "-C", root);
            assertEquals(0, layers.status(), layers.output());
        }

        try (Stream<Path> blobs = Files.list(layout.resolve("blobs/sha256"))) {
            assertEquals(
                    known.stream().sorted().toList(),
                    blobs.map(blob -> "sha256:" + blob.getFileName()).sorted().toList());
        }
        assertEquals(manifest.get("layers").size(), config.get("rootfs").get("diff_ids").size());
        assertEquals("linux", config.get("os").asText());
        assertTrue(Files.isExecutable(root.resolve("opt/jre/bin/java")));
        assertRunsInItself(root, config.at("/config/Entrypoint"));
    }

    private static Path path(final Path layout, final JsonNode descriptor) {
        return layout.resolve("blobs").resolve(descriptor.get("digest").asText().replace(':', '/'));
    }

    private static byte[] blob(
            final Path layout, final JsonNode descriptor, final List<String> known)
            throws Exception {
        final byte[] bytes = Files.readAllBytes(path(layout, descriptor));
        final String digest =
                "sha256:"
                        + HexFormat.of()
                                .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        assertEquals(digest, descriptor.get("digest").asText());
        assertEquals(bytes.length, descriptor.get("size").asLong());
        assertFalse(known.contains(digest), digest + " twice");
        known.add(digest);
        return bytes;
    }

    /// With nothing of this machine around it but its kernel, its devices and the capture.
    private static void assertRunsInItself(final Path root, final JsonNode entryPoint)
            throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "chroot needs root");
        requireProgram("unshare");
        Files.copy(CAPTURE, root.resolve("tmp/capture.pcap"));
        final List<Object> command =
                new ArrayList<>(
                        List.of(
                                "unshare",
                                "--mount",
                                "sh",
                                "-c",
                                """
                                mount --bind $0 $0 && mkdir -p $0/dev $0/proc \\
                                    && mount --rbind /dev $0/dev && mount --rbind /proc $0/proc \\
                                    && exec chroot $0 "$@"
                                """,
                                root));
        entryPoint.forEach(word ->
                command.add(word.asText().equals("java") ? "/opt/jre/bin/java" : word.asText()));
        command.addAll(
                List.of(
                        "replay",
                        "--seed",
                        "1",
                        "--sessions-dir",
                        "/tmp/kept",
                        "/tmp/capture.pcap"));
        final Ended replay = run(command.toArray());
        assertEquals(0, replay.status(), replay.output());
        assertTrue(replay.output().contains("promises                all kept"), replay.output());
        assertTrue(Files.exists(root.resolve("tmp/kept/ingress-1.1.sessions")), replay.output());
    }
}
