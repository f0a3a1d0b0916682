package io.boomerang.sim.command;

import io.boomerang.sim.handoff.HandoffDemo;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/// `boomerang demo handoff`: a live TCP connection moves from blade to blade.
@Command(
        name = "handoff",
        description = {
            "Moves a live TCP connection from blade to blade, in this process and without",
            "privileges: a classifier reads an HTTP request and chooses a host by its path; the",
            "connection moves there while the request's body comes, and moves on while the body",
            "goes back to the client. Tells each step with its time, and compares checksums.",
            "Redirectors, blades, classifier and transfer are those of production, the TCP stacks",
            "are in memory; time is stepped: 20 us from node to node, 100 us and a gigabit to the",
            "client."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class DemoHandoffCommand implements Callable<Integer> {
    private static final int MAX_MEGABYTES = 1_024;
    private static final int MAX_MOVES = 100;
    private static final int MAX_FAULTS = 20;
    private static final long MEGABYTE = 1_000_000;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--megabytes",
            paramLabel = "N",
            defaultValue = "20",
            description = "The body's size, 1 to 1,024.")
    private int megabytes;

    @Option(
            names = "--moves",
            paramLabel = "N",
            defaultValue = "2",
            description = "In the middle of the transfer, 0 to 100.")
    private int moves;

    @Option(
            names = "--faults",
            paramLabel = "PERCENT",
            defaultValue = "0",
            description =
                    "Of the transfers' datagrams lost, as many repeated, late and changed; an"
                            + " eighth of it for frames, which are not changed. 0 to 20.")
    private int faults;

    @Option(names = "--ipv6", description = "The client's address is one of IPv6.")
    private boolean ipv6;

    @Option(
            names = "--trace",
            paramLabel = "FILE",
            description = "Write what the client sends and hears (pcapng).")
    private @Nullable Path trace;

    @Override
    public Integer call() throws IOException {
        OptionRange.require(spec, "--megabytes", megabytes, 1, MAX_MEGABYTES);
        OptionRange.require(spec, "--moves", moves, 0, MAX_MOVES);
        OptionRange.require(spec, "--faults", faults, 0, MAX_FAULTS);
        final PrintWriter out = spec.commandLine().getOut();
        out.println(
                "Boomerang demo: one address, 4 blades behind it. /mirror/ is served by blade-2 and"
                        + " blade-3, all else by blade-4.");
        final HandoffDemo.Result result =
                HandoffDemo.show(
                        new HandoffDemo.Options(megabytes * MEGABYTE, moves, ipv6, faults, trace),
                        out);
        out.println(
                result.isWhole()
                        ? "Every byte came back, over one connection, which moved "
                                + (moves + 1)
                                + " times."
                        : "A promise was broken; see above.");
        out.flush();
        return result.isWhole() ? Boomerang.OK : Boomerang.FAILED;
    }
}
