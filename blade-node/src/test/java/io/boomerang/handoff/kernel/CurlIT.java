package io.boomerang.handoff.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.boomerang.handoff.ByteStream;
import io.boomerang.handoff.ConnectionBlob;
import io.boomerang.handoff.ConnectionState;
import io.boomerang.handoff.Octets;
import io.boomerang.linux.SystemCallException;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.BufferedReader;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.CRC32;

/// curl talks to one address; this process reads the request, another one in another namespace
/// answers.
class CurlIT {
    private static final String FAMILIES = "io.boomerang.handoff.kernel.Wire#families";
    private static final int BODY_BYTES = 100 << 20;
    private static final int PIECE = 1 << 16;
    private static final int PATIENCE_MS = 30_000;

    @TempDir private static Path directory;

    private static Lab lab;

    @BeforeAll
    static void build() {
        final String reason = KernelTcp.unavailable();
        assumeTrue(reason == null, () -> "no hand-off of kernel connections here: " + reason);
        lab = Lab.build();
    }

    @AfterAll
    static void clean() {
        if (lab != null) {
            lab.close();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(FAMILIES)
    void shouldDownloadFromWhereTheConnectionWent(final Wire wire) throws Exception {
        final Path file = directory.resolve("download");

        final String output =
                handOff(wire.ipv6(), List.of("-o", file.toString(), url(wire) + "/" + BODY_BYTES));

        assertEquals("", output);
        try (var input = Files.newInputStream(file)) {
            final ByteStream expected = new ByteStream(BODY_BYTES);
            while (expected.position() < BODY_BYTES) {
                final byte[] piece = input.readNBytes(PIECE);
                assertTrue(piece.length > 0, "it ends after " + expected.position());
                assertEquals(-1, expected.firstDifference(piece, piece.length));
            }
            assertEquals(-1, input.read());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(FAMILIES)
    void shouldUploadToWhereTheConnectionWent(final Wire wire) throws Exception {
        final Path file = directory.resolve("upload");
        final CRC32 checksum = new CRC32();
        try (OutputStream output = Files.newOutputStream(file)) {
            final ByteStream stream = new ByteStream(1);
            while (stream.position() < BODY_BYTES) {
                final byte[] piece = stream.next(PIECE);
                checksum.update(piece);
                output.write(piece);
            }
        }

        final String output =
                handOff(wire.ipv6(), List.of("-H", "Expect:", "-T", file.toString(), url(wire)));

        assertEquals(Long.toHexString(checksum.getValue()), output);
    }

    private static String url(final Wire wire) {
        final InetSocketAddress address = Lab.virtualAddress(wire.ipv6());
        final String host = address.getAddress().getHostAddress();
        return "http://" + (wire.ipv6() ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    /// Runs curl, and moves its connection as soon as it has sent its request; answers what it
    /// prints.
    private static String handOff(final boolean ipv6, final List<String> arguments)
            throws Exception {
        lab.steerTo(0);
        final String[] curl =
                Shell.in(lab.client(), "curl", "--silent", "--show-error", "--fail", "-g");
        final InetSocketAddress address = Lab.virtualAddress(ipv6);
        try (Capture capture = new Capture(lab);
                ExecutorService thread = Executors.newSingleThreadExecutor()) {
            final KernelTcp stack = lab.blade(0).call(KernelTcp::new);
            final TcpListener listener = lab.blade(0).call(() -> stack.listen(address, 8));
            final Process host = startHost();
            final Future<String> output =
                    thread.submit(() -> Shell.run(Shell.with(curl, arguments)));
            final TcpSocket accepted =
                    lab.blade(0).call(() -> Objects.requireNonNull(listener.accept(PATIENCE_MS)));
            final byte[] head = lab.blade(0).call(() -> readHead(accepted));
            final FrozenConnection frozen =
                    assertInstanceOf(
                                    TakeResult.Taken.class,
                                    lab.blade(0)
                                            .call(() -> stack.take(accepted, PacketWitness.NONE)))
                            .connection();
            lab.steerNowhere();
            moveTo(host, frozen.state().with(Octets.of(head), Octets.NONE));
            lab.blade(0).call(() -> close(frozen, listener, stack));
            final String printed = output.get();
            assertEquals(BladeProcess.DONE, host.inputReader(StandardCharsets.US_ASCII).readLine());
            assertEquals(0, host.waitFor());
            assertEquals(1, capture.handshakes());
            capture.requireNoReset();
            return printed;
        }
    }

    private static Process startHost() throws IOException {
        return new ProcessBuilder(
                        Shell.in(
                                lab.blade(1),
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-XX:+UseSerialGC",
                                "-cp",
                                System.getProperty("java.class.path"),
                                BladeProcess.class.getName()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static byte[] readHead(final TcpSocket socket) throws SystemCallException {
        return Server.readUntil(socket, "\r\n\r\n");
    }

    private static void moveTo(final Process host, final ConnectionState state) throws IOException {
        final byte[] blob = new byte[ConnectionBlob.encodedLength(state)];
        ConnectionBlob.encode(state, MemorySegment.ofArray(blob), 0);
        final DataOutputStream output = new DataOutputStream(host.getOutputStream());
        output.writeInt(blob.length);
        output.write(blob);
        output.flush();
        final BufferedReader answers = host.inputReader(StandardCharsets.US_ASCII);
        assertEquals(BladeProcess.READY, answers.readLine());
        lab.steerTo(1);
        output.write('\n');
        output.flush();
    }

    private static boolean close(
            final FrozenConnection frozen, final TcpListener listener, final KernelTcp stack) {
        frozen.release();
        listener.close();
        stack.close();
        return true;
    }
}
