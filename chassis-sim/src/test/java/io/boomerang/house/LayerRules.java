package io.boomerang.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

import java.util.SortedMap;
import java.util.TreeMap;

/// Who may import whom.
final class LayerRules {
    private static final String OURS = "io.boomerang..";
    private static final String LINUX = "io.boomerang.linux..";
    private static final String BPF = "io.boomerang.bpf..";
    private static final String PORT = "io.boomerang.port..";
    private static final String MEMORY = "io.boomerang.memory..";
    private static final String LINK = "io.boomerang.link..";
    private static final String WIRE = "io.boomerang.wire..";
    private static final String FLOW = "io.boomerang.flow..";
    private static final String ANNOUNCE = "io.boomerang.announce..";
    private static final String CLUSTER = "io.boomerang.cluster..";
    private static final String BACKPLANE = "io.boomerang.backplane..";
    private static final String TRANSFER = "io.boomerang.transfer..";
    private static final String REDIRECTOR = "io.boomerang.redirector..";
    private static final String BLADE = "io.boomerang.blade..";
    private static final String HANDOFF = "io.boomerang.handoff..";
    private static final String CONNTRACK = "io.boomerang.conntrack..";
    private static final String DEVICE = "io.boomerang.device..";
    private static final String NODE = "io.boomerang.node..";
    private static final String SIM = "io.boomerang.sim..";

    /// The one place where the foreign-function interface is used.
    private static final String NATIVE = "io.boomerang.linux";

    @ArchTest
    static final ArchRule protocolKnowsNoNode =
            noClasses()
                    .that()
                    .resideInAnyPackage(
                            LINUX, BPF, MEMORY, PORT, LINK, WIRE, FLOW, ANNOUNCE, CLUSTER,
                            BACKPLANE, TRANSFER)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(REDIRECTOR, BLADE, HANDOFF, CONNTRACK, DEVICE, NODE, SIM)
                    .because("announce-protocol is what all nodes agree on, whoever they are")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule redirectorKnowsNoBlade =
            noClasses()
                    .that()
                    .resideInAPackage(REDIRECTOR)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(BLADE, HANDOFF, CONNTRACK, DEVICE, NODE, SIM)
                    .because("imports run announce-protocol <- redirector <- blade-node")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule bladeKnowsNoSimulator =
            noClasses()
                    .that()
                    .resideInAPackage(BLADE)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(NODE, SIM)
                    .because("a blade does not know whether its chassis is simulated")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule bladeKnowsNoDevice =
            noClasses()
                    .that()
                    .resideInAPackage(BLADE)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(CONNTRACK, DEVICE)
                    .because("to a blade, the kernel is one processor among others")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule conntrackSeesLinux = seesOfOurs(CONNTRACK, CONNTRACK, LINUX, FLOW, WIRE);

    @ArchTest
    static final ArchRule deviceSeesProcessorsAndPorts =
            seesOfOurs(
                    DEVICE,
                    DEVICE,
                    CONNTRACK,
                    HANDOFF,
                    LINUX,
                    PORT,
                    TRANSFER,
                    FLOW,
                    WIRE,
                    "io.boomerang.blade.processor..",
                    "io.boomerang.blade.session..",
                    "io.boomerang.blade.terminal..");

    @ArchTest static final ArchRule linuxStandsAlone = seesOfOurs(LINUX, LINUX);

    @ArchTest static final ArchRule bpfSeesLinux = seesOfOurs(BPF, BPF, LINUX);

    @ArchTest
    static final ArchRule portSeesLinux = seesOfOurs(PORT, PORT, BPF, LINUX, MEMORY, WIRE);

    @ArchTest
    static final ArchRule nodeKnowsNoSimulator =
            noClasses()
                    .that()
                    .resideInAPackage(NODE)
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(SIM)
                    .because("a daemon does not know whether its chassis is simulated")
                    .allowEmptyShould(true);

    @ArchTest static final ArchRule wireStandsAlone = seesOfOurs(WIRE, WIRE);

    @ArchTest static final ArchRule linkStandsAlone = seesOfOurs(LINK, LINK);

    @ArchTest static final ArchRule flowSeesWire = seesOfOurs(FLOW, FLOW, WIRE);

    @ArchTest static final ArchRule announceSeesFlow = seesOfOurs(ANNOUNCE, ANNOUNCE, FLOW);

    @ArchTest
    static final ArchRule transferSeesAnnounce =
            seesOfOurs(TRANSFER, TRANSFER, ANNOUNCE, BACKPLANE, FLOW, WIRE);

    @ArchTest
    static final ArchRule handoffSeesTransferAndLinux =
            seesOfOurs(HANDOFF, HANDOFF, TRANSFER, LINUX, FLOW, WIRE);

    @ArchTest
    static final ArchRule clusterAndBackplaneAreStrangers =
            noClasses()
                    .that()
                    .resideInAPackage(CLUSTER)
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(BACKPLANE)
                    .because("the control plane carries no packets")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule jgroupsStaysInCluster = seenIn("org.jgroups..", "io.boomerang.cluster");

    @ArchTest
    static final ArchRule chronicleStaysInTheStore =
            seenIn("net.openhft..", "io.boomerang.redirector.store");

    @ArchTest
    static final ArchRule nativeCallsStayInOnePackage =
            noClasses()
                    .that()
                    .resideOutsideOfPackage(NATIVE)
                    .should()
                    .dependOnClassesThat()
                    .haveFullyQualifiedName("java.lang.foreign.Linker")
                    .because("native calls can crash the process; one package is to be reviewed")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule picocliStaysInTheCommand =
            seenIn("picocli..", "io.boomerang.sim.command");

    @ArchTest
    static final ArchRule jacksonStaysInTheReport =
            seenIn("com.fasterxml.jackson..", "io.boomerang.sim.report");

    @ArchTest
    static final ArchRule nettyStaysInTheUdpBackplaneAndWithItsServers =
            seenIn("io.netty..", "io.boomerang.backplane.udp", "io.boomerang.handoff.netty");

    @ArchTest
    static final ArchRule yamlStaysInTheChassisFile =
            seenIn("org.snakeyaml..", "io.boomerang.node.config");

    @ArchTest
    static final ArchRule httpStaysInTheAdminEndpoint =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("io.boomerang.node.admin")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("com.sun.net.httpserver..", "java.net.http..")
                    .because("what can be asked of a daemon, and by whom, is decided in one place")
                    .allowEmptyShould(true);

    @ArchTest static final ArchRule progressBarHasOnePlace = seenByOnePackage("me.tongfei.");

    @ArchTest static final ArchRule hdrHistogramHasOnePlace = seenByOnePackage("org.HdrHistogram.");

    private LayerRules() {}

    private static ArchRule seesOfOurs(final String subject, final String... allowed) {
        return noClasses()
                .that()
                .resideInAPackage(subject)
                .should()
                .dependOnClassesThat(
                        JavaClass.Predicates.resideInAPackage(OURS)
                                .and(JavaClass.Predicates.resideOutsideOfPackages(allowed)))
                .because("packages below others know nothing of those above")
                .allowEmptyShould(true);
    }

    private static ArchRule seenIn(final String library, final String... places) {
        return noClasses()
                .that()
                .resideOutsideOfPackages(places)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .because("a library is seen by one package, so that it can be replaced there")
                .allowEmptyShould(true);
    }

    private static ArchRule seenByOnePackage(final String prefix) {
        return classes()
                .should(new BeTheOnlyPackageThatSees(prefix))
                .because("a library is seen by one package, so that it can be replaced there")
                .allowEmptyShould(true);
    }

    /// Collects the packages that see a library; more than one is a violation.
    private static final class BeTheOnlyPackageThatSees extends ArchCondition<JavaClass> {
        private final String prefix;
        private final SortedMap<String, String> exampleByPackage = new TreeMap<>();

        BeTheOnlyPackageThatSees(final String prefix) {
            super("be of the only package that sees " + prefix + "*");
            this.prefix = prefix;
        }

        @Override
        public void check(final JavaClass item, final ConditionEvents events) {
            for (final Dependency dependency : item.getDirectDependenciesFromSelf()) {
                if (dependency.getTargetClass().getName().startsWith(prefix)) {
                    exampleByPackage.put(item.getPackageName(), dependency.getDescription());
                }
            }
        }

        @Override
        public void finish(final ConditionEvents events) {
            if (exampleByPackage.size() > 1) {
                exampleByPackage.forEach((where, example) ->
                        events.add(SimpleConditionEvent.violated(where, example)));
            }
            exampleByPackage.clear();
        }
    }
}
