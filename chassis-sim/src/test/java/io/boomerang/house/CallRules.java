package io.boomerang.house;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// Calls that are not made, each with its reason.
final class CallRules {
    /// State machines: they get time, packets and messages as arguments and start nothing.
    private static final String[] PURE = {
        "io.boomerang.link..",
        "io.boomerang.wire..",
        "io.boomerang.flow..",
        "io.boomerang.announce..",
        "io.boomerang.backplane..",
        "io.boomerang.redirector..",
        "io.boomerang.blade..",
        "io.boomerang.handoff.."
    };

    @ArchTest
    static final ArchRule nobodySleeps =
            nobody(
                    "a duty cycle has timers, a wait has a condition",
                    "java.lang.Thread.sleep",
                    "java.util.concurrent.TimeUnit.sleep");

    @ArchTest
    static final ArchRule timeIsAnArgument =
            nobodyIn(
                    PURE,
                    "what reads a clock cannot be repeated from a seed",
                    "java.lang.System.nanoTime",
                    "java.lang.System.currentTimeMillis",
                    "java.time.Instant.now",
                    "java.time.LocalDateTime.now",
                    "java.time.ZonedDateTime.now",
                    "java.time.Clock.system*");

    @ArchTest
    static final ArchRule stateMachinesStartNothing =
            nobodyIn(
                    PURE,
                    "threads and sockets belong to those who assemble the parts",
                    "java.lang.Thread.<init>",
                    "java.lang.Thread.of*",
                    "java.lang.Thread.start*",
                    "java.lang.ProcessBuilder.<init>",
                    "java.util.Timer.<init>",
                    "java.util.concurrent.Executors.*",
                    "java.net.Socket.<init>",
                    "java.net.ServerSocket.<init>",
                    "java.net.DatagramSocket.<init>",
                    "java.nio.channels.SocketChannel.open",
                    "java.nio.channels.ServerSocketChannel.open",
                    "java.nio.channels.DatagramChannel.open");

    @ArchTest
    static final ArchRule screenBelongsToTheCommand =
            noClasses()
                    .that()
                    .resideOutsideOfPackages(
                            "io.boomerang.sim.command",
                            "io.boomerang.sim.report",
                            "io.boomerang.sim.replay")
                    .should()
                    .accessTargetWhere(
                            member("java.lang.System.out", "java.lang.System.err").as("the screen"))
                    .because("nodes speak through counters and the log")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule exitBelongsToTheCommand =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("io.boomerang.sim.command")
                    .should()
                    .accessTargetWhere(
                            member(
                                    "java.lang.System.exit",
                                    "java.lang.Runtime.exit",
                                    "java.lang.Runtime.halt"))
                    .because("whoever embeds a part decides about the process")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule stackTracesGoToTheLog =
            noClasses()
                    .should()
                    .callMethodWhere(
                            target(name("printStackTrace"))
                                    .and(target(owner(assignableTo(Throwable.class)))))
                    .because("a stack trace on the screen is no error message")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule randomnessHasASeed =
            noClasses()
                    .should()
                    .accessTargetWhere(
                            member(
                                            "java.lang.Math.random",
                                            "java.util.concurrent.ThreadLocalRandom.*",
                                            "java.util.random.RandomGenerator.getDefault",
                                            "java.util.random.RandomGenerator.of")
                                    .or(
                                            without(
                                                    "long",
                                                    "java.util.Random.<init>",
                                                    "java.util.SplittableRandom.<init>",
                                                    "java.util.random.RandomGeneratorFactory.create")))
                    .because("a run that cannot be repeated cannot be debugged")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule numbersLookTheSameEverywhere =
            noClasses()
                    .that()
                    .resideInAnyPackage(
                            "io.boomerang.sim.command",
                            "io.boomerang.sim.replay",
                            "io.boomerang.sim.report")
                    .should()
                    .accessTargetWhere(
                            member("java.lang.String.formatted")
                                    .or(
                                            without(
                                                    "java.util.Locale",
                                                    "java.lang.String.format",
                                                    "java.io.PrintStream.printf",
                                                    "java.io.PrintStream.format",
                                                    "java.io.PrintWriter.printf",
                                                    "java.io.PrintWriter.format")))
                    .because("reports are read by programs; a format names its locale")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule oneLogger =
            noClasses()
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("java.util.logging..", "org.slf4j..")
                    .because("the control plane logs through Log4j, and nothing else does")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule memoryBelongsToArenas =
            noClasses()
                    .should()
                    .dependOnClassesThat()
                    .haveNameMatching("sun\\.misc\\.Unsafe|jdk\\.internal\\..*|sun\\.nio\\.ch\\..*")
                    .because("the foreign-memory API checks bounds and lifetimes")
                    .allowEmptyShould(true);

    private CallRules() {}

    private static ArchRule nobody(final String reason, final String... members) {
        return noClasses()
                .should()
                .accessTargetWhere(member(members))
                .because(reason)
                .allowEmptyShould(true);
    }

    private static ArchRule nobodyIn(
            final String[] packages, final String reason, final String... members) {
        return noClasses()
                .that()
                .resideInAnyPackage(packages)
                .should()
                .accessTargetWhere(member(members))
                .because(reason)
                .allowEmptyShould(true);
    }

    /// Members by name, `Owner.name`; a star at the end stands for any ending.
    private static DescribedPredicate<JavaAccess<?>> member(final String... names) {
        return DescribedPredicate.describe(
                Arrays.stream(names).collect(Collectors.joining(" or ")),
                access -> isAny(access, names));
    }

    /// Overloads of these members whose first parameter is not of the type.
    private static DescribedPredicate<JavaAccess<?>> without(
            final String firstParameter, final String... names) {
        return DescribedPredicate.describe(
                Arrays.stream(names).collect(Collectors.joining(" or "))
                        + " without "
                        + firstParameter,
                access ->
                        isAny(access, names)
                                && access.getTarget() instanceof CodeUnitAccessTarget target
                                && !startsWith(target.getRawParameterTypes(), firstParameter));
    }

    private static boolean isAny(final JavaAccess<?> access, final String... names) {
        final String called =
                access.getTargetOwner().getName() + "." + access.getTarget().getName();
        for (final String name : names) {
            if (name.endsWith("*")
                    ? called.startsWith(name.substring(0, name.length() - 1))
                    : called.equals(name)) {
                return true;
            }
        }
        return false;
    }

    private static boolean startsWith(final List<JavaClass> parameters, final String type) {
        return !parameters.isEmpty() && parameters.getFirst().getName().equals(type);
    }
}
