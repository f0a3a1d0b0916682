package io.boomerang.sim.measure;

import io.boomerang.sim.lab.Lab;
import io.boomerang.sim.lab.LabPlan;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A laboratory with a client that measures what crosses it and a server that sends that back, each
/// a process in its namespace. They end with the laboratory; while nothing is measured, they do
/// nothing.
final class MeasuredNetwork {
    private final Writer tasks;
    private final BufferedReader results;

    private MeasuredNetwork(final Process client) {
        tasks = client.outputWriter(StandardCharsets.UTF_8);
        results = client.inputReader(StandardCharsets.UTF_8);
    }

    /// Starts client and server in a laboratory that is built.
    ///
    /// @param program starts this one's hidden commands `measure cross` and `measure reflect`, when
    ///   their name and argument are added
    static MeasuredNetwork start(final Lab lab, final List<String> program) throws IOException {
        return new MeasuredNetwork(startEnds(lab, program, "cross"));
    }

    /// Starts a server that sends back what comes, then a client of that role; answers the client.
    static Process startEnds(final Lab lab, final List<String> program, final String role)
            throws IOException {
        final Process server = start(lab, LabPlan.SERVER, program, "reflect");
        final String said = server.inputReader(StandardCharsets.UTF_8).readLine();
        if (!CrossingServer.READY.equals(said)) {
            throw new IOException("the server of a measurement does not start");
        }
        return start(lab, LabPlan.CLIENT, program, role);
    }

    private static Process start(
            final Lab lab, final String host, final List<String> program, final String role)
            throws IOException {
        final List<String> command = new ArrayList<>(program);
        command.addAll(List.of("measure", role, LabPlan.CARD));
        return new ProcessBuilder(lab.inside(host, command))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /// Waits for the result.
    ///
    /// @throws IOException when there is none; why, the client has said
    CrossingClient.Result measure(final CrossingTask task) throws IOException {
        tasks.write(task.text() + "\n");
        tasks.flush();
        final String line = results.readLine();
        if (line == null) {
            throw new IOException("cannot be measured");
        }
        return CrossingClient.Result.parse(line);
    }
}
