package io.boomerang.node.config;

import io.boomerang.cluster.Member.Role;
import io.boomerang.device.HandoffConfig;
import io.boomerang.flow.FlowRules;
import io.boomerang.handoff.classifier.Classifier;
import io.boomerang.handoff.front.FrontConfig;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// Reads at which addresses connections of clients end, which blades accept them, and which blades
/// serve what.
final class HandoffReader {
    private static final int MAX_PORT = 0xFFFF;
    private static final int MOST_ADDRESSES = 16;

    /// sun_path of sockaddr_un (linux/un.h), less the zero at the end.
    private static final int MOST_PATH_BYTES = 107;

    private static final int USUAL_REQUEST_BYTES = 1 << 14;

    /// A message to a program has that and more.
    private static final int MOST_REQUEST_BYTES = 1 << 16;

    private static final int USUAL_REQUEST_MS = 10_000;
    private static final int USUAL_WAITING = 4_096;
    private static final int USUAL_HOSTS_TRIED = 3;
    private static final int USUAL_TRANSFER_MS = 2_000;

    private final Section section;
    private final Set<String> processors;
    private final PathOf beside;

    /// Where a file of the chassis lies.
    @FunctionalInterface
    interface PathOf {
        Path of(String name);
    }

    private HandoffReader(
            final Section section, final List<NodeConfig> nodes, final PathOf beside) {
        this.section = section;
        this.beside = beside;
        processors =
                nodes.stream()
                        .filter(node -> node.role() == Role.BLADE)
                        .map(NodeConfig::blade)
                        .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /// Something harmless where it is wrong, which has been complained of.
    static ServiceConfig read(
            final Section service,
            final List<NodeConfig> nodes,
            final FlowRules rules,
            final PathOf beside) {
        if (!service.has("handoff")) {
            service.complain("handoff", "is missing");
            return new ServiceConfig.Pass();
        }
        if (rules.vlanInKey()) {
            service.complain(
                    "processor", "connections cannot tell VLANs apart, as flows.vlan-in-key wants");
        }
        return new HandoffReader(service.section("handoff"), nodes, beside).read();
    }

    private ServiceConfig read() {
        final String interfaceName = section.interfaceName("interface");
        final long mac = section.macAddress("device-mac", KernelReader.USUAL_MAC);
        final Set<InetSocketAddress> addresses = addresses();
        final Set<String> classifiers = classifiers();
        final Map<String, HandoffConfig.Host> hosts = hosts(classifiers, interfaceName);
        for (final String blade : processors) {
            if (!classifiers.contains(blade) && !hosts.containsKey(blade)) {
                section.complain("hosts", blade + " is neither a classifier nor a host");
            }
        }
        final Set<String> services = new HashSet<>();
        hosts.values().forEach(host -> services.addAll(host.services()));
        final Classifier classifier = classifier(services);
        final int waiting = section.number("waiting-clients", USUAL_WAITING, 1, 1 << 20);
        final int tried = section.number("hosts-tried", USUAL_HOSTS_TRIED, 1, 32);
        final int transferMs = section.durationMs("transfer-time", USUAL_TRANSFER_MS, 10, 60_000);
        section.end();
        if (addresses.isEmpty()) {
            return new ServiceConfig.Pass();
        }
        try {
            return new ServiceConfig.Handoff(
                    new HandoffConfig(
                            interfaceName,
                            mac,
                            new FrontConfig(List.copyOf(addresses), classifier, waiting, tried),
                            classifiers,
                            hosts,
                            transferMs));
        } catch (final IllegalArgumentException e) {
            section.complain(String.valueOf(e.getMessage()));
            return new ServiceConfig.Pass();
        }
    }

    private Set<InetSocketAddress> addresses() {
        final Set<InetSocketAddress> addresses = new LinkedHashSet<>();
        for (final Section entry : section.sections("addresses")) {
            final InetAddress address = entry.address("address");
            final int port = entry.number("port", 1, MAX_PORT);
            entry.end();
            if (address == null) {
                continue;
            }
            if (address.isAnyLocalAddress()
                    || address.isMulticastAddress()
                    || address.isLoopbackAddress()
                    || address.isLinkLocalAddress()) {
                entry.complain("address", "clients elsewhere cannot reach that");
            }
            if (!addresses.add(new InetSocketAddress(address, port))) {
                entry.complain("port", "stands here again with this address");
            }
        }
        if (addresses.size() > MOST_ADDRESSES) {
            section.complain("addresses", "are more than " + MOST_ADDRESSES);
        }
        return addresses;
    }

    private Set<String> classifiers() {
        final Set<String> classifiers = new LinkedHashSet<>();
        for (final String blade : section.texts("classifiers")) {
            requireProcessor(section, "classifiers", blade);
            if (!classifiers.add(blade)) {
                section.complain("classifiers", blade + " stands here again");
            }
        }
        return classifiers;
    }

    private void requireProcessor(final Section where, final String field, final String blade) {
        if (!blade.isEmpty() && !processors.contains(blade)) {
            final String meant = Suggestion.nearest(blade, processors);
            where.complain(
                    field,
                    "no blade with a processor is called "
                            + blade
                            + (meant == null ? "" : "; did you mean " + meant + "?"));
        }
    }

    /// @param kernel the interface that leads there
    private Map<String, HandoffConfig.Host> hosts(
            final Set<String> classifiers, final String kernel) {
        final Map<String, HandoffConfig.Host> hosts = new LinkedHashMap<>();
        for (final Section entry : section.sections("hosts")) {
            final String blade = entry.text("blade");
            requireProcessor(entry, "blade", blade);
            if (classifiers.contains(blade)) {
                entry.complain("blade", blade + " is a classifier");
            }
            final Set<String> services = new LinkedHashSet<>(entry.texts("services"));
            for (final String service : services) {
                if (!BladesReader.NAME.matcher(service).matches()) {
                    entry.complain(
                            "services", "'" + service + "' is no name: " + BladesReader.NAME_RULE);
                }
            }
            final Path programs = socket(entry);
            final String returnInterface =
                    entry.has("return-interface") ? entry.interfaceName("return-interface") : null;
            if (kernel.equals(returnInterface)) {
                entry.complain("return-interface", kernel + " leads to the kernel, not outside");
            }
            entry.end();
            if (!services.isEmpty()
                    && hosts.put(blade, new HandoffConfig.Host(services, programs, returnInterface))
                            != null) {
                entry.complain("blade", blade + " stands here again");
            }
        }
        return hosts;
    }

    private Path socket(final Section host) {
        final Path path = beside.of(host.text("programs"));
        final int bytes = path.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MOST_PATH_BYTES) {
            host.complain(
                    "programs",
                    "a socket's path has at most " + MOST_PATH_BYTES + " bytes, not " + bytes);
        }
        return path;
    }

    private Classifier classifier(final Set<String> services) {
        final String usual = section.text("default-service", "");
        if (!usual.isEmpty()) {
            requireService(section, "default-service", usual, services);
        }
        final int bytes =
                section.bytes("request-bytes", USUAL_REQUEST_BYTES, 64, MOST_REQUEST_BYTES);
        final int ageMs = section.durationMs("request-time", USUAL_REQUEST_MS, 10, 600_000);
        return new Classifier(
                section.sections("rules").stream()
                        .map(rule -> ClassifierRuleReader.read(rule, services))
                        .toList(),
                usual,
                bytes,
                TimeUnit.MILLISECONDS.toNanos(ageMs));
    }

    static void requireService(
            final Section where,
            final String field,
            final String service,
            final Set<String> services) {
        if (!service.isEmpty() && !services.contains(service)) {
            final String meant = Suggestion.nearest(service, services);
            where.complain(
                    field,
                    "no host serves "
                            + service
                            + (meant == null ? "" : "; did you mean " + meant + "?"));
        }
    }
}
