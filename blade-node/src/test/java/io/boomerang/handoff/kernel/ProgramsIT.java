package io.boomerang.handoff.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.boomerang.handoff.ByteStream;
import io.boomerang.handoff.classifier.Classifier;
import io.boomerang.handoff.classifier.ClassifierRule;
import io.boomerang.handoff.front.FrontConfig;
import io.boomerang.handoff.move.RotatingHosts;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;

/// curl asks one address; a classifier on one blade reads the request, programs in Python on two
/// others answer, and give the connection to each other three times on the way.
class ProgramsIT {
    private static final String FAMILIES = "io.boomerang.handoff.kernel.Wire#families";
    private static final int BODY_BYTES = 100 << 20;
    private static final int BLOCK_BYTES = 1 << 16;
    private static final int CLASSIFIER = 0;
    private static final String SERVICE = "files";

    @TempDir private static Path directory;

    private static final List<MovingBlade> BLADES = new ArrayList<>();
    private static final List<Process> PROGRAMS = new ArrayList<>();
    private static Lab lab;
    private static byte[] block;

    @BeforeAll
    static void build() throws Exception {
        final String reason = KernelTcp.unavailable();
        assumeTrue(reason == null, () -> "no hand-off of kernel connections here: " + reason);
        block = new ByteStream(7).next(BLOCK_BYTES);
        final Path blockFile = Files.write(directory.resolve("block"), block);
        final Path program = directory.resolve("program.py");
        try (InputStream source =
                ProgramsIT.class.getResourceAsStream("/io/boomerang/handoff/program.py")) {
            Files.write(program, source.readAllBytes());
        }
        lab = Lab.build();
        for (int i = 0; i < Lab.BLADES; i++) {
            BLADES.add(blade(i).start());
        }
        for (int i = 1; i < Lab.BLADES; i++) {
            PROGRAMS.add(
                    new ProcessBuilder(
                                    Shell.in(
                                            lab.blade(i),
                                            "python3",
                                            program.toString(),
                                            socket(i).toString(),
                                            blockFile.toString(),
                                            SERVICE))
                            .inheritIO()
                            .start());
            final MovingBlade blade = BLADES.get(i);
            Awaitility.await().atMost(1, TimeUnit.MINUTES).until(() -> blade.programCount() == 1);
        }
    }

    private static MovingBlade blade(final int number) {
        final Classifier classifier =
                new Classifier(
                        List.of(new ClassifierRule.HttpPath("", "/files/", SERVICE)),
                        "nobody",
                        1 << 14,
                        TimeUnit.SECONDS.toNanos(10));
        final RotatingHosts hosts = new RotatingHosts(Map.of(SERVICE, List.of(1, 2)));
        hosts.setLiving(number == CLASSIFIER ? Set.of(1, 2) : Set.of(3 - number));
        return new MovingBlade(
                lab,
                number,
                BLADES,
                hosts,
                new MovingBlade.Parts(
                        number == CLASSIFIER
                                ? new FrontConfig(
                                        List.of(
                                                Lab.virtualAddress(false),
                                                Lab.virtualAddress(true)),
                                        classifier,
                                        64,
                                        2)
                                : null,
                        number == CLASSIFIER ? null : socket(number),
                        null));
    }

    private static Path socket(final int blade) {
        return directory.resolve("programs-" + blade);
    }

    @AfterAll
    static void clean() {
        PROGRAMS.forEach(Process::destroy);
        BLADES.forEach(MovingBlade::close);
        if (lab != null) {
            lab.close();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(FAMILIES)
    void shouldDownloadFromFourBladesOneAfterTheOther(final Wire wire) throws Exception {
        final Path file = directory.resolve("download");

        final String output =
                curl(wire, List.of("-o", file.toString(), url(wire) + "/files/" + BODY_BYTES));

        assertEquals("", output);
        try (InputStream input = Files.newInputStream(file)) {
            for (long piece = 0; piece < BODY_BYTES / BLOCK_BYTES; piece++) {
                final byte[] expected = block.clone();
                ByteBuffer.wrap(expected).putLong(piece);
                assertTrue(
                        Arrays.equals(expected, input.readNBytes(BLOCK_BYTES)), "piece " + piece);
            }
            assertEquals(-1, input.read());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(FAMILIES)
    void shouldUploadToFourBladesOneAfterTheOther(final Wire wire) throws Exception {
        final Path file = directory.resolve("upload");
        final CRC32 checksum = new CRC32();
        try (OutputStream output = Files.newOutputStream(file)) {
            final ByteStream stream = new ByteStream(1);
            while (stream.position() < BODY_BYTES) {
                final byte[] piece = stream.next(BLOCK_BYTES);
                checksum.update(piece);
                output.write(piece);
            }
        }

        final String output =
                curl(
                        wire,
                        List.of(
                                "-H",
                                "Expect:",
                                "-T",
                                file.toString(),
                                url(wire) + "/files/upload"));

        assertEquals(String.format(Locale.ROOT, "%08x", checksum.getValue()), output);
    }

    private static String url(final Wire wire) {
        final InetSocketAddress address = Lab.virtualAddress(wire.ipv6());
        final String host = address.getAddress().getHostAddress();
        return "http://" + (wire.ipv6() ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    private static String curl(final Wire wire, final List<String> arguments) {
        lab.steerTo(CLASSIFIER);
        final long before = BLADES.get(CLASSIFIER).door().counters().given();
        try (Capture capture = new Capture(lab)) {
            final String printed =
                    Shell.run(
                            Shell.with(
                                    Shell.in(
                                            lab.client(),
                                            "curl",
                                            "--silent",
                                            "--show-error",
                                            "--fail",
                                            "--max-time",
                                            "100",
                                            "-g"),
                                    arguments));
            Awaitility.await()
                    .until(() -> BLADES.get(CLASSIFIER).door().counters().given() == before + 1);
            BLADES.forEach(blade -> assertNull(blade.failure()));
            assertEquals(1, capture.handshakes(), wire::toString);
            capture.requireNoReset();
            return printed;
        }
    }
}
