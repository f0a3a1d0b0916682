package io.boomerang.sim.measure;

import io.boomerang.sim.lab.ChassisOptions;
import io.boomerang.sim.lab.Lab;
import io.boomerang.sim.lab.LabException;
import io.boomerang.sim.lab.LabPlan;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Measures how long it takes until others serve the flows of a blade whose daemon is killed
/// (SIGKILL), in a laboratory: one blade after the other, each of which starts again afterwards.
public final class FailoverTime {
    private static final String NAME = "failover";
    private static final int DRAIN_SECONDS = 1;
    private static final long RESTART_LIMIT_NS = TimeUnit.MINUTES.toNanos(3);
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(200);

    private final List<String> program;
    private final List<String> daemon;
    private final int blades;
    private final int kills;

    /// @param program starts this one's hidden commands `measure probe` and `measure reflect`, when
    ///   their name and argument are added
    /// @param daemon starts a daemon, see {@link Lab#build}
    /// @param blades of the chassis, at least 2
    /// @param kills how often a blade is killed
    public FailoverTime(
            final List<String> program,
            final List<String> daemon,
            final int blades,
            final int kills) {
        this.program = List.copyOf(program);
        this.daemon = List.copyOf(daemon);
        this.blades = blades;
        this.kills = kills;
    }

    /// Builds the laboratory, measures and takes it down; a result for each death.
    ///
    /// @throws IOException when it cannot be measured
    /// @throws LabException when it cannot be built
    public List<FailoverProbe.Result> measure()
            throws IOException, InterruptedException, LabException {
        final Lab lab = new Lab(NAME + ProcessHandle.current().pid());
        final LabPlan plan = plan(lab.name());
        try {
            lab.build(plan, daemon);
            final Process client = MeasuredNetwork.startEnds(lab, program, "probe");
            final List<FailoverProbe.Result> results = new ArrayList<>();
            for (int i = 0; i < kills; i++) {
                results.add(kill(lab, plan, LabPlan.bladeName(1 + i % blades), client));
            }
            return results;
        } finally {
            lab.remove();
        }
    }

    private LabPlan plan(final String name) {
        final ChassisOptions options =
                new ChassisOptions(
                        "pass",
                        DRAIN_SECONDS,
                        "auto",
                        false,
                        ChassisOptions.USUAL_BACKPLANE_MTU,
                        "refuse",
                        false);
        return new LabPlan(name, 1, blades, 0, options);
    }

    private FailoverProbe.Result kill(
            final Lab lab, final LabPlan plan, final String blade, final Process client)
            throws IOException, InterruptedException, LabException {
        final long starts = lab.startsOf(blade);
        final ProcessHandle victim =
                lab.daemonOf(blade)
                        .orElseThrow(() -> new IOException(blade + " has ended by itself"));
        final Writer orders = client.outputWriter(StandardCharsets.UTF_8);
        orders.write(victim.pid() + "\n");
        orders.flush();
        final BufferedReader answers = client.inputReader(StandardCharsets.UTF_8);
        final String line = answers.readLine();
        if (line == null) {
            throw new IOException(blade + ": its death cannot be measured");
        }
        final Process _ = lab.startDaemon(blade, daemon);
        final long startNs = System.nanoTime();
        while (lab.startsOf(blade) == starts || !lab.serves(blade, plan)) {
            if (System.nanoTime() - startNs > RESTART_LIMIT_NS) {
                throw new IOException(blade + " does not start again");
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
        return FailoverProbe.Result.parse(line);
    }
}
