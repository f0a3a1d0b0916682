package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The script that people start, with the jar that was just built.
final class LauncherIT {
    private static final Path LAUNCHER = Path.of("bin", "boomerang").toAbsolutePath();

    @TempDir private Path directory;

    private int status;
    private String output = "";

    private void launch(final List<String> command) throws IOException, InterruptedException {
        final File log = directory.resolve("output.txt").toFile();
        final ProcessBuilder builder = new ProcessBuilder(command);
        builder.directory(directory.toFile()).redirectErrorStream(true).redirectOutput(log);
        // It has to find the JDK by itself.
        builder.environment().remove("JAVA_HOME");
        status = builder.start().waitFor();
        output = Files.readString(log.toPath());
    }

    @Test
    void shouldSayWhichVersionItIsAndNothingElse() throws IOException, InterruptedException {
        launch(List.of(LAUNCHER.toString(), "--version"));

        assertEquals(0, status, output);
        assertTrue(output.matches("boomerang \\d+\\.\\d+\\S*\\R"), output);
    }

    @Test
    void shouldWorkThroughALink() throws IOException, InterruptedException {
        final Path link = Files.createSymbolicLink(directory.resolve("boomerang"), LAUNCHER);

        launch(List.of(link.toString(), "replay", "absent.pcap"));

        assertEquals(2, status, output);
        assertTrue(output.contains("absent.pcap: no such file"), output);
    }
}
