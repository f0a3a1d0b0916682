package io.boomerang.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// A rule that cannot fail says nothing: each one meets a class that breaks it.
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

    private static final Map<String, String[]> OFFENDERS =
            Map.ofEntries(
                    offend(
                            "protocolKnowsNoNode",
                            "package io.boomerang.redirector; public class Steering {}",
                            "package io.boomerang.announce; class Codec {"
                                    + " io.boomerang.redirector.Steering steering; }"),
                    offend(
                            "redirectorKnowsNoBlade",
                            "package io.boomerang.blade; public class Node {}",
                            "package io.boomerang.redirector.steering;"
                                    + " class Steering { io.boomerang.blade.Node node; }"),
                    offend(
                            "bladeKnowsNoSimulator",
                            "package io.boomerang.sim.chassis; public class Chassis {}",
                            "package io.boomerang.blade;"
                                    + " class Node { io.boomerang.sim.chassis.Chassis chassis; }"),
                    offend(
                            "wireStandsAlone",
                            "package io.boomerang.flow; public class Key {}",
                            "package io.boomerang.wire;"
                                    + " class Header { io.boomerang.flow.Key key; }"),
                    offend(
                            "flowSeesWire",
                            "package io.boomerang.cluster; public class Member {}",
                            "package io.boomerang.flow;"
                                    + " class Key { io.boomerang.cluster.Member member; }"),
                    offend(
                            "announceSeesFlow",
                            "package io.boomerang.cluster; public class Member {}",
                            "package io.boomerang.announce;"
                                    + " class Message { io.boomerang.cluster.Member member; }"),
                    offend(
                            "clusterAndBackplaneAreStrangers",
                            "package io.boomerang.backplane; public class Tunnel {}",
                            "package io.boomerang.cluster;"
                                    + " class Channel { io.boomerang.backplane.Tunnel tunnel; }"),
                    offend(
                            "jgroupsStaysInCluster",
                            "package io.boomerang.blade; class Node { org.jgroups.JChannel channel;"
                                    + " }"),
                    offend(
                            "nativeCallsStayInOnePackage",
                            "package io.boomerang.sim.chassis; class Port { Object o ="
                                    + " java.lang.foreign.Linker.nativeLinker(); }"),
                    offend(
                            "picocliStaysInTheCommand",
                            "package io.boomerang.sim.replay; class Replay {"
                                    + " @picocli.CommandLine.Option(names = \"-x\") int x; }"),
                    offend(
                            "jacksonStaysInTheReport",
                            "package io.boomerang.sim.replay; class Replay {"
                                    + " com.fasterxml.jackson.databind.ObjectMapper m; }"),
                    offend(
                            "progressBarHasOnePlace",
                            "package io.boomerang.sim.replay;"
                                    + " class Replay { me.tongfei.progressbar.ProgressBar bar; }",
                            "package io.boomerang.sim.command;"
                                    + " class Demo { me.tongfei.progressbar.ProgressBar bar; }"),
                    offend(
                            "hdrHistogramHasOnePlace",
                            "package io.boomerang.sim.replay;"
                                    + " class Replay { org.HdrHistogram.Histogram latency; }",
                            "package io.boomerang.sim.report;"
                                    + " class Report { org.HdrHistogram.Histogram latency; }"),
                    offend(
                            "nobodySleeps",
                            "package io.boomerang.sim.replay; class Replay {"
                                    + " void pause() throws Exception {"
                                    + " java.util.concurrent.TimeUnit.SECONDS.sleep(1); } }"),
                    offend(
                            "timeIsAnArgument",
                            "package io.boomerang.redirector.session; class Table {"
                                + " java.util.function.LongSupplier clock = System::nanoTime; }"),
                    offend(
                            "stateMachinesStartNothing",
                            "package io.boomerang.blade.announcer; class Announcer {"
                                    + " Thread sender = new Thread(() -> {}); }"),
                    offend(
                            "screenBelongsToTheCommand",
                            "package io.boomerang.blade; class Node {"
                                    + " void say() { System.out.println(\"hello\"); } }"),
                    offend(
                            "exitBelongsToTheCommand",
                            "package io.boomerang.sim.report; class Report {"
                                    + " void end() { System.exit(1); } }"),
                    offend(
                            "stackTracesGoToTheLog",
                            "package io.boomerang.sim.report; class Report {"
                                    + " void end(Exception e) { e.printStackTrace(); } }"),
                    offend(
                            "randomnessHasASeed",
                            "package io.boomerang.sim.chassis; class Faults {"
                                    + " java.util.Random random = new java.util.Random(); }"),
                    offend(
                            "numbersLookTheSameEverywhere",
                            "package io.boomerang.sim.report; class Report { String share(double x)"
                                    + " { return String.format(\"%f\", x); } }"),
                    offend(
                            "oneLogger",
                            "package io.boomerang.cluster; class Channel {"
                                    + " java.util.logging.Logger log; }"),
                    offend(
                            "memoryBelongsToArenas",
                            "package io.boomerang.redirector.session; class Table {"
                                    + " sun.misc.Unsafe unsafe; }"),
                    offend(
                            "noStaticStateChanges",
                            "package io.boomerang.cluster; class Channel { static int opened; }"),
                    offend(
                            "noStaticFieldHidesState",
                            "package io.boomerang.cluster; class Channel { static final"
                                    + " java.util.concurrent.atomic.AtomicInteger OPENED = new"
                                    + " java.util.concurrent.atomic.AtomicInteger(); }"),
                    offend(
                            "namesSayWhatAClassIs",
                            "package io.boomerang.wire; class ChecksumUtils {}"),
                    offend("nullIsSaid", "package io.boomerang.wire; class Header {}"));

    @TempDir Path directory;

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void shouldFailOnAClassThatBreaksIt(final String name, final ArchRule rule) throws IOException {
        final String[] sources = OFFENDERS.getOrDefault(name, new String[0]);

        assertTrue(rule.evaluate(Offenders.compile(directory, sources)).hasViolation());
    }

    @Test
    void shouldPassOnAClassThatBreaksNone() throws IOException, IllegalAccessException {
        final JavaClasses innocents = Offenders.compile(directory, MARKED_PACKAGE, INNOCENT);

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

    private static Map.Entry<String, String[]> offend(final String rule, final String... sources) {
        return Map.entry(rule, sources);
    }
}
