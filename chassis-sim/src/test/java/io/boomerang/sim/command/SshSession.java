package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.boomerang.sim.lab.LabPlan;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// One ssh session from client to server, whose other end repeats what it reads.
final class SshSession implements AutoCloseable {
    private final Process ssh;
    private final BufferedReader answers;
    private final Writer lines;
    private int number;

    private SshSession(final Process ssh) {
        this.ssh = ssh;
        answers = ssh.inputReader(StandardCharsets.UTF_8);
        lines = ssh.outputWriter(StandardCharsets.UTF_8);
    }

    /// Starts an sshd on the server, with keys in a directory that is there, and a session.
    static SshSession open(final LabGuests guests, final Path directory) throws Exception {
        final Path hostKey = directory.resolve("host-key");
        final Path userKey = directory.resolve("user-key");
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
        return new SshSession(
                guests.start(
                        LabPlan.CLIENT,
                        "ssh",
                        "-F",
                        "none",
                        "-i",
                        userKey.toString(),
                        "-o",
                        "StrictHostKeyChecking=no",
                        "-o",
                        "UserKnownHostsFile=/dev/null",
                        "-o",
                        "LogLevel=ERROR",
                        "root@" + LabPlan.SERVER_ADDRESS,
                        "cat"));
    }

    /// That a line comes back.
    void assertAlive() throws IOException {
        final String line = "line " + number++;
        lines.write(line + "\n");
        lines.flush();
        assertEquals(line, answers.readLine());
    }

    @Override
    public void close() throws IOException {
        lines.close();
        ssh.destroy();
    }
}
