package io.boomerang.sim.command;

import io.boomerang.cluster.key.ChassisKey;

import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/// `boomerang key`: the files that make nodes members of a chassis.
@Command(
        name = "key",
        description = {
            "Makes and changes chassis keys: only nodes with the key are members. To change the",
            "key of a running chassis, give all nodes the file of each round in turn:",
            "  key new next.p12",
            "  key trust chassis.p12 next.p12    1st round: chassis.p12",
            "  key trust next.p12 chassis.p12    2nd round: next.p12",
            "  key distrust next.p12             3rd round: next.p12"
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "WHAT",
        subcommands = HelpCommand.class)
final class KeyCommand implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "Say what to do: new, show, trust or distrust");
    }

    @Command(
            name = "new",
            description = "Makes a key that trusts only itself; only you can read the file.",
            mixinStandardHelpOptions = true)
    int make(@Parameters(paramLabel = "FILE") final Path file, @Mixin final KeyPassword password)
            throws IOException {
        if (Files.exists(file)) {
            throw new IOException(file + ": exists already");
        }
        return store(ChassisKey.generate(), file, password);
    }

    @Command(
            name = "show",
            description = "Shows whom a key makes a node, and whom it lets in.",
            mixinStandardHelpOptions = true)
    int show(@Parameters(paramLabel = "FILE") final Path file, @Mixin final KeyPassword password)
            throws IOException {
        print(ChassisKey.load(file, password.read()));
        return Boomerang.OK;
    }

    @Command(
            name = "trust",
            description = "Lets FILE trust also whom OTHER trusts.",
            mixinStandardHelpOptions = true)
    int trust(
            @Parameters(paramLabel = "FILE") final Path file,
            @Parameters(paramLabel = "OTHER") final Path other,
            @Mixin final KeyPassword password)
            throws IOException {
        final ChassisKey trusted = ChassisKey.load(other, password.read());
        return store(ChassisKey.load(file, password.read()).trusting(trusted), file, password);
    }

    @Command(
            name = "distrust",
            description = "Lets FILE trust only itself.",
            mixinStandardHelpOptions = true)
    int distrust(
            @Parameters(paramLabel = "FILE") final Path file, @Mixin final KeyPassword password)
            throws IOException {
        return store(ChassisKey.load(file, password.read()).trustingOnlyItself(), file, password);
    }

    private int store(final ChassisKey key, final Path file, final KeyPassword password)
            throws IOException {
        key.store(file, password.read());
        print(key);
        return Boomerang.OK;
    }

    private void print(final ChassisKey key) {
        final PrintWriter out = spec.commandLine().getOut();
        out.println("is      " + key.fingerprint());
        key.trustedFingerprints().forEach(trusted -> out.println("trusts  " + trusted));
        out.flush();
    }
}
