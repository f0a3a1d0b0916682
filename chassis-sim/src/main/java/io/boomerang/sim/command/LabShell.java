package io.boomerang.sim.command;

import io.boomerang.sim.lab.Lab;
import io.boomerang.sim.lab.LabPlan;

import picocli.CommandLine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A shell on the client of a laboratory, and the laboratory of somebody who is not root.
///
/// Without privileges there is a user namespace, in which everything is allowed that concerns its
/// own networks, with namespaces of its own for processes and mounts: when the process that began
/// it ends, however it does, the kernel ends all others in it, and nothing is left.
final class LabShell {
    /// What a user namespace needs besides: a place for the names of network namespaces.
    private static final String INSIDE = "mount -t tmpfs tmpfs /run && exec \"$@\"";

    private static final List<String> UNSHARE =
            List.of(
                    "unshare",
                    "--user",
                    "--map-root-user",
                    "--net",
                    "--mount",
                    "--pid",
                    "--fork",
                    "--kill-child",
                    "--mount-proc",
                    "sh",
                    "-c",
                    INSIDE,
                    "sh");

    private LabShell() {}

    /// Runs a shell until its user leaves it.
    static void run(final Lab lab) throws IOException, InterruptedException {
        final String shell = System.getenv().getOrDefault("SHELL", "/bin/sh");
        new ProcessBuilder(lab.inside(LabPlan.CLIENT, List.of(shell)))
                .inheritIO()
                .start()
                .waitFor();
    }

    /// Runs this program again with the same arguments, in a user namespace; answers its exit
    /// status.
    static int inUserNamespace(final CommandLine command) throws IOException, InterruptedException {
        final String refusal = refusal();
        if (!refusal.isEmpty()) {
            command.getErr()
                    .println(
                            "boomerang: neither root nor a user namespace: "
                                    + refusal
                                    + " (user namespaces may be switched off by"
                                    + " user.max_user_namespaces, kernel.unprivileged_userns_clone"
                                    + " or kernel.apparmor_restrict_unprivileged_userns)");
            return Boomerang.FAILED;
        }
        final List<String> again = new ArrayList<>(UNSHARE);
        again.addAll(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-cp",
                        UpCommand.classPath(),
                        Boomerang.class.getName(),
                        "up"));
        final List<String> arguments = command.getParseResult().originalArgs();
        arguments.subList(arguments.indexOf("up") + 1, arguments.size()).stream()
                .filter(argument -> !argument.equals("--unprivileged"))
                .forEach(again::add);
        return new ProcessBuilder(again).inheritIO().start().waitFor();
    }

    /// Why there can be no user namespace; empty when there can.
    private static String refusal() throws IOException, InterruptedException {
        final List<String> attempt = new ArrayList<>(UNSHARE);
        attempt.addAll(List.of("ip", "netns", "add", "boomerang-attempt"));
        try {
            final Process process = new ProcessBuilder(attempt).redirectErrorStream(true).start();
            process.getOutputStream().close();
            final String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? "" : output.strip();
        } catch (final IOException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
