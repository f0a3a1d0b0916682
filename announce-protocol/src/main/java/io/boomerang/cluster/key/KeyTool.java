package io.boomerang.cluster.key;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;

/// Makes a key and a certificate that it signs itself, with the `keytool` of the running Java: the
/// platform has no public call that makes certificates.
final class KeyTool {
    private static final String PASSWORD_VARIABLE = "BOOMERANG_KEYTOOL_PASSWORD";
    private static final int PASSWORD_BYTES = 24;
    private static final int LIMIT_SECONDS = 60;

    /// Nobody looks at the dates.
    private static final String VALIDITY_DAYS = "36500";

    private KeyTool() {}

    static ChassisKey generate() throws IOException {
        final Path directory = Files.createTempDirectory("chassis-key");
        final Path file = directory.resolve("key.p12");
        final byte[] random = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(random);
        final String password = HexFormat.of().formatHex(random);
        try {
            run(file, password);
            return ChassisKey.load(file, password.toCharArray());
        } finally {
            Files.deleteIfExists(file);
            Files.delete(directory);
        }
    }

    private static void run(final Path file, final String password) throws IOException {
        final Path tool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        final ProcessBuilder builder =
                new ProcessBuilder(
                        tool.toString(),
                        "-genkeypair",
                        "-alias",
                        "chassis",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-sigalg",
                        "SHA256withECDSA",
                        "-dname",
                        "CN=chassis",
                        "-validity",
                        VALIDITY_DAYS,
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass:env",
                        PASSWORD_VARIABLE);
        builder.environment().put(PASSWORD_VARIABLE, password);
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        final Process process = builder.redirectErrorStream(true).start();
        process.getOutputStream().close();
        final String said =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(tool + " made no key: " + said.strip());
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + tool + " made a key", e);
        } finally {
            process.destroy();
        }
    }
}
