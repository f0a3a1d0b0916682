package io.boomerang.device;

import io.boomerang.handoff.front.FrontConfig;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// How connections of clients end on blades: which blades accept them, and which serve what.
///
/// @param interfaceName on each of the blades: one end of a pair, whose other end is the kernel's
///   that has the virtual addresses
/// @param deviceMac address of the kernel's end, in the low 48 bits
/// @param front where clients come in, and which service they want
/// @param classifiers names of the blades that accept connections
/// @param hosts what other blades serve, by their names
/// @param patienceMs how long it may take to bring a connection to a host, in milliseconds
public record HandoffConfig(
        String interfaceName,
        long deviceMac,
        FrontConfig front,
        Set<String> classifiers,
        Map<String, Host> hosts,
        int patienceMs) {

    /// A blade that serves connections.
    ///
    /// @param services at least one
    /// @param programs UNIX socket to which the programs connect that serve them
    /// @param returnInterface on the clients' side, by which answers leave; null when they leave by
    ///   the redirectors
    public record Host(Set<String> services, Path programs, @Nullable String returnInterface) {
        public Host {
            services = Set.copyOf(services);
            if (services.isEmpty()) {
                throw new IllegalArgumentException("a host without services");
            }
        }
    }

    public HandoffConfig {
        classifiers = Set.copyOf(new LinkedHashSet<>(classifiers));
        hosts = Map.copyOf(new LinkedHashMap<>(hosts));
        MacAddress.requireUnicast(deviceMac);
    }

    /// Whether clients' connections come to the blade first.
    public boolean accepts(final String blade) {
        return classifiers.contains(blade);
    }

    /// The blades that serve this.
    public List<String> hostsOf(final String service) {
        return hosts.entrySet().stream()
                .filter(host -> host.getValue().services().contains(service))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /// All there is to be served.
    public Set<String> services() {
        final Set<String> all = new LinkedHashSet<>();
        hosts.values().forEach(host -> all.addAll(host.services()));
        return all;
    }
}
