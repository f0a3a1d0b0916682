package io.boomerang.sim.command;

import io.boomerang.cluster.Member.Role;
import io.boomerang.node.config.ChassisConfig;
import io.boomerang.node.config.ConfigException;
import io.boomerang.node.config.NodeConfig;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;

/// `boomerang check`: reads a chassis file as the daemon does.
@Command(
        name = "check",
        description = {
            "Reads a chassis file and the files it names, and starts nothing. Prints the nodes, or",
            "everything that is wrong with line, column and field. Exit status 0 only if nothing"
                    + " is."
        },
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true)
final class CheckCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "FILE", description = "The chassis file.")
    private Path file = Path.of("");

    @Override
    public Integer call() throws IOException {
        try {
            print(ChassisConfig.read(file), spec.commandLine().getOut());
            return Boomerang.OK;
        } catch (final ConfigException e) {
            e.complaints().forEach(spec.commandLine().getErr()::println);
            return Boomerang.FAILED;
        }
    }

    private static void print(final ChassisConfig config, final PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%s: %d nodes on %d blades%n",
                config.name(),
                config.nodes().size(),
                config.bladeNames().size());
        for (final NodeConfig node : config.nodes()) {
            out.printf(
                    Locale.ROOT,
                    "%4d  %-31s  %-18s  %-28s  %s%n",
                    node.node(),
                    node.name(),
                    EnumOption.label(node.role()),
                    text(node.backplane()),
                    node.role() == Role.BLADE ? "" : node.outside().name());
        }
    }

    private static String text(final InetSocketAddress address) {
        final String host = address.getAddress().getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }
}
