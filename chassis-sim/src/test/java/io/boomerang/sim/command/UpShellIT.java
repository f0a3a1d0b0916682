package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.boomerang.sim.lab.Lab;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// `boomerang up --lab`, with privileges and without.
class UpShellIT {
    private static final String NAME = "shell" + ProcessHandle.current().pid();
    private static final String CROSS = "ping -c1 -W5 10.1.0.1 >/dev/null && echo crossed\n";

    private final Lab lab = new Lab(NAME);

    @AfterEach
    void removeWhatIsLeft() throws Exception {
        if (LabGuests.isRoot()) {
            lab.remove();
        }
    }

    private static Process start(final String... options) throws IOException {
        final List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                UpCommand.classPath(),
                                Boomerang.class.getName(),
                                "up",
                                "--name",
                                NAME,
                                "--blades",
                                "1",
                                "--lab"));
        command.addAll(List.of(options));
        final ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("SHELL", "/bin/sh");
        return builder.start();
    }

    private static void requireUserNamespaces() throws Exception {
        final Process attempt =
                new ProcessBuilder("unshare", "--user", "--map-root-user", "--net", "true").start();
        assumeTrue(attempt.waitFor() == 0, "this kernel lets nobody make user namespaces");
    }

    private static void assertNoDaemonIsLeft() {
        final String ours = "boomerang-lab/" + NAME + "/";
        UpCommandIT.eventually()
                .until(() ->
                        ProcessHandle.allProcesses()
                                .flatMap(process -> process.info().arguments().stream())
                                .flatMap(Arrays::stream)
                                .noneMatch(argument -> argument.contains(ours)));
    }

    @Test
    void shouldOpenAShellOnTheClientAndStay() throws Exception {
        LabGuests.require("ip", "ping", "setsid");
        final Process up = start();
        up.getOutputStream().write((CROSS + "exit\n").getBytes(StandardCharsets.UTF_8));
        up.getOutputStream().close();

        final String output = LabGuests.text(up.getInputStream());

        assertEquals(0, up.waitFor(), output);
        assertTrue(output.contains("crossed\n"), output);
        assertTrue(lab.remove(), "the laboratory was there");
    }

    @Test
    void shouldBeGoneWithTheShellInAUserNamespace() throws Exception {
        LabGuests.require("ip", "ping", "setsid", "unshare");
        requireUserNamespaces();
        final Process up = start("--unprivileged");
        up.getOutputStream().write((CROSS + "exit\n").getBytes(StandardCharsets.UTF_8));
        up.getOutputStream().close();

        final String output = LabGuests.text(up.getInputStream());

        assertEquals(0, up.waitFor(), output);
        assertTrue(output.contains("crossed\n"), output);
        assertFalse(lab.remove(), "nothing of it is outside");
        assertNoDaemonIsLeft();
    }

    @Test
    void shouldBeGoneAfterACrashInAUserNamespace() throws Exception {
        LabGuests.require("ip", "ping", "setsid", "unshare");
        requireUserNamespaces();
        final Process up = start("--unprivileged");
        try (BufferedReader output = up.inputReader(StandardCharsets.UTF_8);
                Writer input = up.outputWriter(StandardCharsets.UTF_8)) {
            input.write(CROSS);
            input.flush();
            final StringBuilder said = new StringBuilder();
            String line = output.readLine();
            while (line != null && !line.equals("crossed")) {
                said.append(line).append('\n');
                line = output.readLine();
            }
            assertEquals("crossed", line, said.toString());

            up.descendants()
                    .filter(process -> process.info().command().orElse("").endsWith("/unshare"))
                    .forEach(ProcessHandle::destroyForcibly);

            assertNoDaemonIsLeft();
        } finally {
            up.destroyForcibly();
        }
    }

    @Test
    void shouldSayThatAShellIsNeeded() {
        final CommandRun up = CommandRun.of("up", "--unprivileged");

        assertEquals(2, up.status());
        assertTrue(up.err().contains("give --lab, too"), up.err());
    }
}
