package io.boomerang.sim.command;

import io.boomerang.flow.FlowText;
import io.boomerang.node.admin.AdminClient;
import io.boomerang.sim.report.JsonTree;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;

/// `boomerang explain`: why a flow's packets go where they go.
@Command(
        name = "explain",
        description = {
            "Says for a flow what every redirector knows of it - session, announcement, bucket,",
            "owner - and which of these decides, and what every processor knows. Where a processor",
            "translates, the flow is followed under its other name, too. Exit status 1 when no",
            "node knows it or a daemon does not answer."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class ExplainCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private DaemonsOption daemons = new DaemonsOption();

    @Parameters(
            paramLabel = "FLOW",
            arity = "1..*",
            description = "tcp 10.0.0.1:4711 10.0.0.2:80, as in 'boomerang sessions'.")
    private List<String> flow = List.of();

    @Option(names = "--json", description = "For programs: what each daemon says.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        final String text;
        try {
            text = FlowText.parse(String.join(" ", flow)).toString();
        } catch (final IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        return daemons.run(chassis -> run(chassis, text));
    }

    private int run(final Daemons chassis, final String asked) throws InterruptedException {
        final List<DaemonAnswer> all = new ArrayList<>();
        final Set<String> names = new LinkedHashSet<>(List.of(asked));
        for (final DaemonAnswer answer : ask(chassis, asked)) {
            all.add(answer);
            for (final JsonTree node : answer.json().list("nodes")) {
                if (node.has("flow")) {
                    names.add(node.at("flow").text("ingressFlow"));
                    names.add(node.at("flow").text("egressFlow"));
                }
            }
        }
        names.remove(asked);
        for (final String name : names) {
            all.addAll(ask(chassis, name));
        }
        final PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonTree.array(all.stream().map(DaemonAnswer::json).toList()));
        } else {
            out.print(ExplainText.of(all));
        }
        out.flush();
        return all.stream().allMatch(DaemonAnswer::isGood)
                        && all.stream()
                                .flatMap(answer -> answer.json().list("nodes").stream())
                                .anyMatch(node -> node.has("flow") || node.has("session"))
                ? Boomerang.OK
                : Boomerang.FAILED;
    }

    private static List<DaemonAnswer> ask(final Daemons chassis, final String flow)
            throws InterruptedException {
        return chassis.get(AdminClient.path("/explain", Map.of("flow", flow)));
    }
}
