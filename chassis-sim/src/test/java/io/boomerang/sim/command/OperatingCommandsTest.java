package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.SelectionPolicy;
import io.boomerang.announce.SteeringRule;
import io.boomerang.cluster.key.ChassisKey;
import io.boomerang.flow.HashKey;
import io.boomerang.node.config.ChassisConfig;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// What the commands that operate a chassis make of their arguments, and of what daemons answer.
class OperatingCommandsTest {
    private static final String FLOW = "tcp 10.1.0.2:4711 10.2.0.1:80";
    private static final String KEY = "000102030405060708090a0b0c0d0e0f";

    /// Of no consequence here, and costly to make.
    @TempDir private static Path keys = Path.of("");

    @TempDir private Path directory = Path.of("");

    private final List<FakeDaemon> daemons = new ArrayList<>();
    private Path file = Path.of("");

    @BeforeAll
    static void makeKey() throws Exception {
        ChassisKey.generate().store(keys.resolve("chassis.p12"), new char[0]);
    }

    @BeforeEach
    void startDaemons() throws Exception {
        final Path key = Files.writeString(directory.resolve("key"), KEY);
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        file =
                Files.writeString(
                        directory.resolve("chassis.yaml"),
                        """
                        chassis: demo
                        flows: {hash-key-file: key}
                        backplane: {keys: [{id: 1, file: key}]}
                        cluster: {key-file: %s}
                        admin: {address: backplane, port: %d, token-file: key}
                        blades:
                          - name: slot-1
                            address: 127.0.0.1
                            redirector: {node: 1, side: ingress, interface: eth1}
                            processor: {node: 201}
                          - {name: slot-2, address: 127.0.0.2, redirector: {node: 101, side: egress, interface: eth1}}
                        """
                                .formatted(keys.resolve("chassis.p12"), freePort()));
        final ChassisConfig config = ChassisConfig.read(file);
        for (final String blade : config.bladeNames()) {
            daemons.add(new FakeDaemon(config, blade));
        }
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    @AfterEach
    void stopDaemons() {
        daemons.forEach(FakeDaemon::close);
    }

    private FakeDaemon first() {
        return daemons.getFirst();
    }

    private CommandRun run(final String... arguments) {
        final List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--config");
        all.add(file.toString());
        return CommandRun.of(all.toArray(String[]::new));
    }

    private CommandRun run(final int status, final String... arguments) {
        final CommandRun run = run(arguments);
        assertEquals(status, run.status(), run.out() + run.err());
        return run;
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "status slot-9, no blade",
        "top --interval 0, the interval is 1 to 3600 seconds",
        "top --count -1, the count 0 or more",
        "explain tcp, 'tcp' is no flow",
        "explain tcp 10.0.0.1:1 10.0.0.2, a port is missing in '10.0.0.2'",
        "capture tcp --out x, 'tcp' is no flow",
        "capture udp 10.0.0.1:1 10.0.0.2:2, Missing required option",
        "capture udp 10.0.0.1:1 10.0.0.2:2 --out x --seconds 0, 1 to 3600 seconds and at least one",
        "capture udp 10.0.0.1:1 10.0.0.2:2 --out x --packets 0, 1 to 3600 seconds and at least one",
        "drain slot-9, no node is called slot-9; there are slot-1",
        "drain slot-2, is a redirector; only processors have weights and are drained",
        "drain slot-1 --wait -1, --wait -1 is < 0",
        "weight slot-1, Missing required parameter",
        "weight slot-1 much, 'much' is not an int",
        "weight slot-1 -1, a weight is a number of 0 to",
        "weight slot-1 1001000, a weight is a number of 0 to",
        "weight 101 5, is a redirector",
        "kill slot-9, no blade",
        "rule --policy worst, 'worst' is none of buckets",
        "rule --hash-key 12, --hash-key: a hash key has 32 hexadecimal digits",
        "rule --wait -1, --wait -1 is < 0",
        "sessions --running --blade slot-2, is a redirector",
        "sessions --running --node slot-9, no node is called slot-9",
        "sessions --running --state old, 'old' is none of",
        "status --lab none, there is no such laboratory",
        "status --lab No/Such, --lab",
    })
    void shouldSayWhatIsWrongWithTheArguments(final String arguments, final String reason) {
        final CommandRun run = run(2, arguments.split(" ", -1));

        assertTrue(run.err().contains(reason), run.err());
        assertEquals("", run.out());
        assertEquals(100, first().weight);
        assertFalse(first().killed);
    }

    @ParameterizedTest
    @CsvSource({
        "status",
        "top --batch --count 1 --interval 1",
        "buckets",
        "explain tcp 10.1.0.2:4711 10.2.0.1:80",
        "drain slot-1",
        "weight slot-1 5",
        "kill slot-1",
        "rule",
        "sessions --running",
    })
    void shouldSayThatThereIsNoChassisFile(final String arguments) {
        file = directory.resolve("none.yaml");

        final CommandRun run = run(1, arguments.split(" ", -1));

        assertTrue(run.err().contains("none.yaml: no such file"), run.err());
    }

    @ParameterizedTest
    @CsvSource({
        "status",
        "buckets",
        "explain tcp 10.1.0.2:4711 10.2.0.1:80",
        "rule",
        "sessions --running",
        "kill slot-2",
        "capture tcp 10.1.0.2:4711 10.2.0.1:80 --seconds 1 --packets 1 --out DIRECTORY/x.pcapng"
    })
    void shouldFailWhenADaemonIsNotThere(final String arguments) {
        daemons.get(1).close();

        final CommandRun run =
                run(1, arguments.replace("DIRECTORY", directory.toString()).split(" ", -1));

        assertTrue(
                (run.out() + run.err()).contains("slot-2: nothing listens there"),
                run.out() + run.err());
    }

    @Test
    void shouldShowStatus() {
        final CommandRun run = run(0, "status");

        assertTrue(run.out().contains("slot-1"), run.out());
        assertTrue(run.out().contains("Chassis demo, all see the same members: "), run.out());
        assertTrue(run.out().contains("New flows get their blades by buckets"), run.out());
        assertFalse(run(0, "status", "slot-2").out().contains("\nslot-1-"));
    }

    @Test
    void shouldTellAChangedWeightAndADrain() {
        assertTrue(run(0, "weight", "slot-1", "7").out().contains(" has weight 7 now."));
        assertEquals(7, first().weight);

        assertTrue(run(0, "drain", "slot-1", "--move").out().contains("and its flows move."));
        assertTrue(first().moves);
        assertTrue(run(1, "drain", "slot-1", "--wait", "1").out().contains("has 3 flows left."));
        first().live = 0;
        assertTrue(run(0, "drain", "slot-1", "--wait", "9").out().contains(" is drained."));
    }

    @Test
    void shouldKillTheDaemonOfOneBlade() {
        assertEquals("slot-2 is killed.", run(0, "kill", "slot-2").out().strip());

        Awaitility.await().atMost(1, TimeUnit.MINUTES).until(() -> daemons.get(1).killed);
        assertFalse(first().killed);
    }

    @Test
    void shouldFailWhenRedirectorsSteerByDifferentTables() {
        assertTrue(run(0, "buckets").out().contains("100.0 %  weight 50"));
        first().epoch++;

        run(1, "buckets");
    }

    @Test
    void shouldExplainWhatIsKnownAndFailForWhatIsNot() {
        assertTrue(run(0, "explain", FLOW).out().contains("has it, flow 0000000000000abc"));
        assertTrue(run(1, "explain", "tcp 1.2.3.4:5 6.7.8.9:10").out().contains("does not know"));
    }

    @Test
    void shouldWriteWhatWasCaptured() throws Exception {
        final Path out = directory.resolve("flow.pcapng");

        final CommandRun run =
                run(
                        0,
                        "capture",
                        FLOW,
                        "--packets",
                        "1",
                        "--seconds",
                        "60",
                        "--out",
                        out.toString());

        assertTrue(run.out().contains(" at 3 points"), run.out());
        assertTrue(Files.size(out) > 3 * 64, run.out());
    }

    @Test
    void shouldSayThatSomebodyElseCaptures() {
        daemons.forEach(daemon -> daemon.capturedElsewhere = true);

        final CommandRun run =
                run(1, "capture", FLOW, "--out", directory.resolve("none.pcapng").toString());

        assertTrue(run.err().contains("slot-1: somebody captures at "), run.err());
    }

    @Test
    void shouldListRunningSessions() {
        final CommandRun run = run(0, "sessions", "--running", "--node", "201");

        assertTrue(run.out().contains("tcp 10.1.0.2:4711 <-> 10.2.0.1:80"), run.out());
        assertTrue(run.out().contains("  1 sessions"), run.out());
        assertTrue(run(1, "sessions", "--running", "--limit", "0").out().contains("limit '0'"));
    }

    @Test
    void shouldShowRates() {
        final CommandRun run = run(0, "top", "--batch", "--count", "1", "--interval", "1");

        assertTrue(run.out().startsWith("Chassis demo"), run.out());
        assertTrue(run.out().contains("running"), run.out());
    }

    @Test
    void shouldChangeTheRuleAndWaitForAll() {
        daemons.get(1).follows = false;

        final CommandRun some = run(1, "rule", "--policy", "power-of-two", "--wait", "0");
        assertTrue(some.out().contains("goes on asking for it."), some.out());
        assertTrue(run(0, "status").out().contains("The nodes go by different rules"));
        daemons.get(1).follows = true;
        daemons.get(1).rule = first().rule;
        final CommandRun all = run(0, "rule");

        assertTrue(all.out().contains("power-of-two"), all.out());
        assertEquals(new SteeringRule(1, SelectionPolicy.POWER_OF_TWO, null), first().rule);
    }

    @Test
    void shouldAskAnyRedirectorForARule() {
        first().close();
        daemons.get(1).rule = new SteeringRule(3, SelectionPolicy.LEAST_LOADED, null);

        final CommandRun run = run(1, "rule", "--hash-key", KEY, "--wait", "0");

        assertTrue(run.err().contains("slot-1: nothing listens there"), run.err());
        assertEquals(
                new SteeringRule(4, SelectionPolicy.LEAST_LOADED, HashKey.parse(KEY)),
                daemons.get(1).rule);
        assertFalse(run.out().contains(KEY), run.out());
    }
}
