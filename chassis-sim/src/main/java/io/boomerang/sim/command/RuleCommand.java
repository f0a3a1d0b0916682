package io.boomerang.sim.command;

import io.boomerang.announce.SelectionPolicy;
import io.boomerang.flow.HashKey;
import io.boomerang.node.admin.AdminClient;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// `boomerang rule`: policy and hash key of a running chassis.
@Command(
        name = "rule",
        description = {
            "Changes how the chassis finds blades for new flows, while it runs; flows that exist",
            "stay where they are. Every member follows, one after the other. It lasts until all",
            "daemons are stopped at once; then the chassis file counts again. Without --policy and",
            "--hash-key it says by which rule each node goes."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class RuleCommand implements Callable<Integer> {
    static final String RANDOM = "random";

    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final int KEY_BYTES = 16;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private DaemonsOption daemons = new DaemonsOption();

    @Option(
            names = "--policy",
            paramLabel = "NAME",
            description = "For new flows: buckets, power-of-two or least-loaded.")
    private @Nullable SelectionPolicy policy;

    @Option(
            names = "--hash-key",
            paramLabel = "HEX",
            description = {
                "Of the hash by which flows get buckets and owners: 32 hexadecimal digits, or",
                "'random' for a new one that nobody sees."
            })
    private @Nullable String hashKey;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description =
                    "Wait so long for all members to go by it; exit status 1 when some do not.")
    private int waitSeconds;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (waitSeconds < 0) {
            throw new ParameterException(spec.commandLine(), "--wait " + waitSeconds + " is < 0");
        }
        final Map<String, @Nullable String> wishes = new HashMap<>();
        if (policy != null) {
            wishes.put("policy", EnumOption.label(policy));
        }
        if (hashKey != null) {
            wishes.put("hash-key", key(hashKey));
        }
        return daemons.run(chassis -> wishes.isEmpty() ? tell(chassis) : change(chassis, wishes));
    }

    private String key(final String text) {
        if (text.equals(RANDOM)) {
            final byte[] bytes = new byte[KEY_BYTES];
            new SecureRandom().nextBytes(bytes);
            return HexFormat.of().formatHex(bytes);
        }
        try {
            final HashKey _ = HashKey.parse(text);
            return text;
        } catch (final IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--hash-key: " + e.getMessage(), e);
        }
    }

    private int tell(final Daemons chassis) throws InterruptedException {
        final RuleText rules = rules(chassis);
        spec.commandLine().getOut().print(rules.table());
        spec.commandLine().getOut().flush();
        return rules.isSettled() ? Boomerang.OK : Boomerang.FAILED;
    }

    private static RuleText rules(final Daemons chassis) throws InterruptedException {
        return new RuleText(chassis.get(chassis.config().bladeNames(), "/status"));
    }

    private int change(final Daemons chassis, final Map<String, @Nullable String> wishes)
            throws InterruptedException {
        final String asked = ask(chassis, AdminClient.path("/rule", wishes));
        if (asked == null) {
            return Boomerang.FAILED;
        }
        final PrintWriter out = spec.commandLine().getOut();
        final long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(waitSeconds);
        RuleText rules = rules(chassis);
        while (!rules.isSettled() && System.nanoTime() - endNs < 0) {
            LockSupport.parkNanos(PAUSE_NS);
            rules = rules(chassis);
        }
        out.print(rules.isSettled() ? rules.line() : rules.table());
        if (!rules.isSettled()) {
            out.println(asked + " goes on asking for it.");
        }
        out.flush();
        return rules.isSettled() ? Boomerang.OK : Boomerang.FAILED;
    }

    /// The redirector that has taken the wish, which may be any; null when none can be reached.
    private @Nullable String ask(final Daemons chassis, final String path)
            throws InterruptedException {
        final List<String> blades = chassis.redirectorBlades();
        for (final String blade : blades) {
            final DaemonAnswer answer = chassis.post(blade, path);
            if (answer.isGood()) {
                return answer.json().text("name");
            }
            spec.commandLine().getErr().println(blade + ": " + answer.error());
        }
        return null;
    }
}
