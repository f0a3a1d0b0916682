package io.boomerang.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// A rule that cannot fail says nothing: each one meets a class that breaks it, and names it.
class RulesCanFailTest {
    private static final String MARKED_PACKAGE =
            """
            @org.jspecify.annotations.NullMarked
            package io.boomerang.wire;
            """;

    private static final String INNOCENT =
            """
            package io.boomerang.wire;
            final class Header {
                private static final int LENGTH = 8;
                private static final java.util.random.RandomGenerator SEEDED =
                        new java.util.SplittableRandom(LENGTH);
                String text(final int value) {
                    return String.format(java.util.Locale.ROOT, "%d of %d", value, LENGTH);
                }
            }
            """;

    /// The class that breaks each rule.
    private static final Map<String, String> OFFENDERS =
            Map.ofEntries(
                    Map.entry(
                            "announceSeesFlow",
                            "package io.boomerang.announce; class Message {"
                                    + " io.boomerang.cluster.Member member; }"),
                    Map.entry(
                            "bladeKnowsNoDevice",
                            "package io.boomerang.blade; class Tracker {"
                                    + " io.boomerang.conntrack.Listener listener; }"),
                    Map.entry(
                            "conntrackSeesLinux",
                            "package io.boomerang.conntrack; class Watcher {"
                                    + " io.boomerang.blade.Node node; }"),
                    Map.entry(
                            "deviceSeesProcessorsAndPorts",
                            "package io.boomerang.device; class Kernel {"
                                    + " io.boomerang.blade.Node node; }"),
                    Map.entry(
                            "bladeKnowsNoSimulator",
                            "package io.boomerang.blade; class Slot {"
                                    + " io.boomerang.sim.chassis.Chassis chassis; }"),
                    Map.entry(
                            "bpfSeesLinux",
                            "package io.boomerang.bpf; class Program { io.boomerang.flow.Key"
                                    + " key; }"),
                    Map.entry(
                            "clusterAndBackplaneAreStrangers",
                            "package io.boomerang.cluster; class Transport {"
                                    + " io.boomerang.backplane.Tunnel tunnel; }"),
                    Map.entry(
                            "exitBelongsToTheCommand",
                            "package io.boomerang.sim.report; class Ending { void end() {"
                                    + " System.exit(1); } }"),
                    Map.entry(
                            "flowSeesWire",
                            "package io.boomerang.flow; class Tuple { io.boomerang.cluster.Member"
                                    + " member; }"),
                    Map.entry(
                            "handoffSeesTransferAndLinux",
                            "package io.boomerang.handoff; class Blob { io.boomerang.blade.Node"
                                    + " node; }"),
                    Map.entry(
                            "chronicleStaysInTheStore",
                            "package io.boomerang.redirector.session; class Kept {"
                                    + " net.openhft.chronicle.map.ChronicleMap<Long, byte[]> map;"
                                    + " }"),
                    Map.entry(
                            "hdrHistogramHasOnePlace",
                            "package io.boomerang.sim.replay; class Delay {"
                                    + " org.HdrHistogram.Histogram delay; }"),
                    Map.entry(
                            "jacksonStaysInTheReport",
                            "package io.boomerang.sim.replay; class Json {"
                                    + " com.fasterxml.jackson.databind.ObjectMapper mapper; }"),
                    Map.entry(
                            "jgroupsStaysInCluster",
                            "package io.boomerang.blade; class Speaker { org.jgroups.JChannel"
                                    + " channel; }"),
                    Map.entry(
                            "linkStandsAlone",
                            "package io.boomerang.link; class Path { io.boomerang.cluster.Member"
                                    + " member; }"),
                    Map.entry(
                            "linuxStandsAlone",
                            "package io.boomerang.linux; class Socket { io.boomerang.flow.Key"
                                    + " key; }"),
                    Map.entry(
                            "memoryBelongsToArenas",
                            "package io.boomerang.redirector.session; class Raw { sun.misc.Unsafe"
                                    + " unsafe; }"),
                    Map.entry(
                            "namesSayWhatAClassIs",
                            "package io.boomerang.wire; class ChecksumUtils {}"),
                    Map.entry(
                            "nativeCallsStayInOnePackage",
                            "package io.boomerang.sim.chassis; class Port { Object linker ="
                                    + " java.lang.foreign.Linker.nativeLinker(); }"),
                    Map.entry(
                            "nettyStaysInTheUdpBackplaneAndWithItsServers",
                            "package io.boomerang.backplane; class Wire { io.netty.channel.Channel"
                                    + " channel; }"),
                    Map.entry(
                            "nodeKnowsNoSimulator",
                            "package io.boomerang.node; class Daemon {"
                                    + " io.boomerang.sim.chassis.Chassis chassis; }"),
                    Map.entry(
                            "noStaticFieldHidesState",
                            "package io.boomerang.cluster; class Openings { static final"
                                    + " java.util.concurrent.atomic.AtomicInteger COUNT = new"
                                    + " java.util.concurrent.atomic.AtomicInteger(); }"),
                    Map.entry(
                            "noStaticStateChanges",
                            "package io.boomerang.cluster; class Channel { static int opened; }"),
                    Map.entry(
                            "nobodySleeps",
                            "package io.boomerang.sim.replay; class Pause { void pause() throws"
                                + " Exception { java.util.concurrent.TimeUnit.SECONDS.sleep(1); }"
                                + " }"),
                    Map.entry("nullIsSaid", "package io.boomerang.memory; class Unsaid {}"),
                    Map.entry(
                            "numbersLookTheSameEverywhere",
                            "package io.boomerang.sim.report; class Share { String share(double x)"
                                    + " { return String.format(\"%f\", x); } }"),
                    Map.entry(
                            "oneLogger",
                            "package io.boomerang.cluster; class Diary { java.util.logging.Logger"
                                    + " log; }"),
                    Map.entry(
                            "httpStaysInTheAdminEndpoint",
                            "package io.boomerang.node; class Door {"
                                    + " com.sun.net.httpserver.HttpServer server; }"),
                    Map.entry(
                            "picocliStaysInTheCommand",
                            "package io.boomerang.sim.replay; class Options {"
                                    + " @picocli.CommandLine.Option(names = \"-x\") int x; }"),
                    Map.entry(
                            "progressBarHasOnePlace",
                            "package io.boomerang.sim.replay; class Bar {"
                                    + " me.tongfei.progressbar.ProgressBar bar; }"),
                    Map.entry(
                            "portSeesLinux",
                            "package io.boomerang.port; class Wire { io.boomerang.flow.Key"
                                    + " key; }"),
                    Map.entry(
                            "protocolKnowsNoNode",
                            "package io.boomerang.announce; class Codec {"
                                    + " io.boomerang.redirector.Steering steering; }"),
                    Map.entry(
                            "randomnessHasASeed",
                            "package io.boomerang.sim.chassis; class Faults { java.util.Random"
                                    + " random = new java.util.Random(); }"),
                    Map.entry(
                            "redirectorKnowsNoBlade",
                            "package io.boomerang.redirector.steering; class Selector {"
                                    + " io.boomerang.blade.Node node; }"),
                    Map.entry(
                            "screenBelongsToTheCommand",
                            "package io.boomerang.blade; class Herald { void say() {"
                                    + " System.out.println(\"hello\"); } }"),
                    Map.entry(
                            "stackTracesGoToTheLog",
                            "package io.boomerang.sim.report; class Trace { void show(Exception e)"
                                    + " { e.printStackTrace(); } }"),
                    Map.entry(
                            "stateMachinesStartNothing",
                            "package io.boomerang.blade.announcer; class Announcer { Thread sender"
                                    + " = new Thread(() -> {}); }"),
                    Map.entry(
                            "timeIsAnArgument",
                            "package io.boomerang.redirector.session; class Table {"
                                + " java.util.function.LongSupplier clock = System::nanoTime; }"),
                    Map.entry(
                            "transferSeesAnnounce",
                            "package io.boomerang.transfer; class Chunk {"
                                    + " io.boomerang.cluster.Member member; }"),
                    Map.entry(
                            "wireStandsAlone",
                            "package io.boomerang.wire; class Header { io.boomerang.flow.Key"
                                    + " key; }"),
                    Map.entry(
                            "yamlStaysInTheChassisFile",
                            "package io.boomerang.node; class Text {"
                                    + " org.snakeyaml.engine.v2.nodes.Node root; }"));

    /// What the offenders lean on. Two libraries have to be seen from two packages to be seen from
    /// one too many.
    private static final List<String> ACCOMPLICES =
            List.of(
                    "package io.boomerang.redirector; public class Steering {}",
                    "package io.boomerang.blade; public class Node {}",
                    "package io.boomerang.conntrack; public class Listener {}",
                    "package io.boomerang.sim.chassis; public class Chassis {}",
                    "package io.boomerang.flow; public class Key {}",
                    "package io.boomerang.cluster; public class Member {}",
                    "package io.boomerang.backplane; public class Tunnel {}",
                    "package io.boomerang.sim.command;"
                            + " class Demo { me.tongfei.progressbar.ProgressBar bar; }",
                    "package io.boomerang.sim.report;"
                            + " class Latency { org.HdrHistogram.Histogram latency; }");

    @TempDir private static Path directory;

    private static JavaClasses offenders;

    @BeforeAll
    static void compile() throws IOException {
        final List<String> sources = new ArrayList<>(ACCOMPLICES);
        sources.addAll(OFFENDERS.values());
        offenders = Offenders.compile(directory.resolve("offenders"), sources);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void shouldFailOnTheClassThatBreaksIt(final String name, final ArchRule rule) {
        final String offender = Offenders.nameOf(OFFENDERS.getOrDefault(name, ""));

        final List<String> complaints = rule.evaluate(offenders).getFailureReport().getDetails();

        assertTrue(
                complaints.stream().anyMatch(complaint -> complaint.contains(offender)),
                () -> offender + " is not in " + complaints);
    }

    @Test
    void shouldPassOnAClassThatBreaksNone() throws IOException, IllegalAccessException {
        final JavaClasses innocents =
                Offenders.compile(
                        directory.resolve("innocents"), List.of(MARKED_PACKAGE, INNOCENT));

        allRules()
                .forEach(
                        (name, rule) -> assertFalse(rule.evaluate(innocents).hasViolation(), name));
    }

    @Test
    void shouldHaveAnOffenderForEveryRule() throws IllegalAccessException {
        final Set<String> names = new TreeSet<>(allRules().keySet());

        assertEquals(names, new TreeSet<>(OFFENDERS.keySet()));
    }

    static Stream<Object[]> rules() throws IllegalAccessException {
        return allRules().entrySet().stream()
                .map(rule -> new Object[] {rule.getKey(), rule.getValue()});
    }

    private static Map<String, ArchRule> allRules() throws IllegalAccessException {
        final Map<String, ArchRule> rules = new TreeMap<>();
        for (final Class<?> holder :
                new Class<?>[] {LayerRules.class, CallRules.class, ShapeRules.class}) {
            for (final Field field : holder.getDeclaredFields()) {
                if (field.getType() == ArchRule.class) {
                    rules.put(field.getName(), (ArchRule) field.get(null));
                }
            }
        }
        return rules;
    }
}
