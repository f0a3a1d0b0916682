package io.boomerang.sim.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// How this program is run again, in another process.
final class OwnProgram {
    private OwnProgram() {}

    /// The command line, as small as a process of a laboratory may be.
    static List<String> command(final List<String> arguments) {
        final List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Xmx256m",
                                "--enable-native-access=ALL-UNNAMED",
                                "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
                                "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
                                "--add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED",
                                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                                "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                UpCommand.classPath(),
                                Boomerang.class.getName()));
        command.addAll(arguments);
        return command;
    }

    /// The command line of a process that takes part in a measurement: compiled as well as can be.
    static List<String> measuring(final List<String> arguments, final String... options) {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:+UseSerialGC");
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", UpCommand.classPath(), Boomerang.class.getName()));
        command.addAll(arguments);
        return command;
    }
}
