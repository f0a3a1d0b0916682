package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.boomerang.sim.lab.LabPlan;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// One ssh session from client to server, whose other end repeats what it reads. It ends when it
/// hears nothing for two minutes.
final class SshSession implements AutoCloseable {
    private static final String USER_KEY = "user-key";

    private final Process ssh;
    private final BufferedReader answers;
    private final Writer lines;
    private final String peer;
    private int number;

    private SshSession(final Process ssh) throws IOException {
        this.ssh = ssh;
        answers = ssh.inputReader(StandardCharsets.UTF_8);
        lines = ssh.outputWriter(StandardCharsets.UTF_8);
        final String connection = answers.readLine();
        assertNotNull(connection, "there is no session");
        peer = connection.split(" ", 2)[0];
    }

    /// Starts an sshd on the server, with keys in a directory that is there.
    static void serve(final LabGuests guests, final Path directory) throws Exception {
        final Path hostKey = directory.resolve("host-key");
        final Path userKey = directory.resolve(USER_KEY);
        for (final Path key : new Path[] {hostKey, userKey}) {
            guests.run(
                    LabPlan.SERVER,
                    "ssh-keygen",
                    "-q",
                    "-t",
                    "ed25519",
                    "-N",
                    "",
                    "-f",
                    key.toString());
        }
        Files.createDirectories(Path.of("/run/sshd"));
        final Path config =
                Files.writeString(
                        directory.resolve("sshd.conf"),
                        """
                        Port 22
                        HostKey %s
                        AuthorizedKeysFile %s.pub
                        StrictModes no
                        UsePAM no
                        PermitRootLogin prohibit-password
                        PidFile none
                        """
                                .formatted(hostKey, userKey));
        guests.run(
                LabPlan.SERVER,
                "/usr/sbin/sshd",
                "-f",
                config.toString(),
                "-E",
                directory.resolve("sshd.log").toString());
    }

    /// Opens a session; the server runs.
    static SshSession open(final LabGuests guests, final Path directory) throws IOException {
        return new SshSession(
                guests.start(
                        LabPlan.CLIENT,
                        "ssh",
                        "-F",
                        "none",
                        "-i",
                        directory.resolve(USER_KEY).toString(),
                        "-o",
                        "ServerAliveInterval=30",
                        "-o",
                        "StrictHostKeyChecking=no",
                        "-o",
                        "UserKnownHostsFile=/dev/null",
                        "-o",
                        "LogLevel=ERROR",
                        "root@" + LabPlan.SERVER_ADDRESS,
                        "echo $SSH_CONNECTION; exec cat"));
    }

    /// Where the server sees the session come from.
    String peer() {
        return peer;
    }

    /// That a line comes back.
    void assertAlive() throws IOException {
        final String line = "line " + number++;
        write(line);
        assertEquals(line, answers.readLine());
    }

    /// Writes a line that may be lost.
    void write(final String line) throws IOException {
        lines.write(line + "\n");
        lines.flush();
    }

    /// Whether a line has come that nobody has read yet.
    boolean hasAnswer() throws IOException {
        return answers.ready();
    }

    @Override
    public void close() throws IOException {
        ssh.destroy();
        lines.close();
    }
}
