package io.boomerang.sim.command;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Runs of iperf3, each with a server of its own: so no run depends on how the last one ended.
final class StreamRuns {
    private static final int FIRST_PORT = 5_201;

    private final LabGuests guests;
    private int runs;

    StreamRuns(final LabGuests guests) {
        this.guests = guests;
    }

    /// One run between two hosts, which has to succeed.
    ///
    /// @param options of the client: how long or how much, `-R` for the other direction
    void run(
            final String client, final String server, final String address, final String... options)
            throws IOException, InterruptedException {
        final String port = String.valueOf(FIRST_PORT + runs++);
        guests.run(server, "iperf3", "--server", "--daemon", "--one-off", "-p", port);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> guests.run(server, "ss", "-Hltn").contains(":" + port + " "));
        final List<String> command = new ArrayList<>(List.of("iperf3", "-c", address, "-p", port));
        command.addAll(List.of(options));
        guests.run(client, command.toArray(String[]::new));
    }

    /// Toward the server, then toward the client.
    void runBothWays(
            final String client, final String server, final String address, final String seconds)
            throws IOException, InterruptedException {
        run(client, server, address, "-t", seconds);
        run(client, server, address, "-t", seconds, "-R");
    }
}
