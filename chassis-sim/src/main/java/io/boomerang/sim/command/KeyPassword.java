package io.boomerang.sim.command;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The option that says how key files are encrypted.
final class KeyPassword {
    @Option(
            names = "--key-password",
            paramLabel = "FILE",
            description = "File whose first line is the password of the key files; without: none.")
    private @Nullable Path file;

    /// Empty when the files have none.
    char[] read() throws IOException {
        if (file == null) {
            return new char[0];
        }
        return Files.readString(file).lines().findFirst().orElse("").toCharArray();
    }
}
