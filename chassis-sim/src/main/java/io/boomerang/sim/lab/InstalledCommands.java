package io.boomerang.sim.lab;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// Which programs of others this machine has: in PATH, or where administrators have theirs.
public final class InstalledCommands {
    private static final String ADMINISTRATORS = ":/usr/sbin:/sbin";

    private InstalledCommands() {}

    /// Those of some commands that are not installed.
    public static List<String> missingOf(final List<String> commands) {
        return commands.stream().filter(command -> !isInstalled(command)).toList();
    }

    private static boolean isInstalled(final String command) {
        final String path = System.getenv().getOrDefault("PATH", "") + ADMINISTRATORS;
        return Arrays.stream(path.split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, command)));
    }
}
