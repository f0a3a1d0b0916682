package io.boomerang.node.config;

import io.boomerang.announce.SelectionPolicy;
import io.boomerang.backplane.ChassisKeys;
import io.boomerang.backplane.FrameSeal;
import io.boomerang.backplane.udp.UdpConfig;
import io.boomerang.blade.BladeConfig;
import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.blade.processor.FirewallRules;
import io.boomerang.blade.processor.NatConfig;
import io.boomerang.blade.processor.RuleFileException;
import io.boomerang.cluster.ClusterParameters;
import io.boomerang.cluster.Member.Role;
import io.boomerang.flow.FlowRules;
import io.boomerang.node.config.ChassisConfig.BackplaneConfig;
import io.boomerang.redirector.RedirectorConfig;
import io.boomerang.redirector.mtu.Oversize;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Reads the sections of a chassis file that speak of the chassis as a whole; {@link BladesReader}
/// reads those of its blades, {@link LimitsReader} the limits.
final class ChassisReader {
    private static final int MOST_BUCKETS = 65_536;
    private static final int LEAST_BUCKETS = 256;
    private static final int USUAL_CLUSTER_PORT = 7_800;
    private static final int USUAL_HELLO_MS = 100;
    private static final int USUAL_DRAIN_MS = 30_000;
    private static final int MOST_DRAIN_MS = 24 * 3_600_000;
    private static final int MAX_PORT = 0xFFFF;
    private static final int USUAL_FIRST_PORT = 1_024;
    private static final int USUAL_PORTS_PER_BLADE = 4_096;
    private static final int USUAL_PROBES = 64;

    private final Path file;
    private final Complaints complaints;

    /// What translators do.
    private enum ProcessorKind {
        PASS,
        FIREWALL,
        SOURCE_NAT,
        KERNEL,
        APPLIANCE,
        HANDOFF
    }

    ChassisReader(final Path file) {
        this.file = file;
        complaints = new Complaints(file.toString());
    }

    ChassisConfig read(final String text) throws ConfigException {
        final Section root = YamlFile.parse(file.toString(), text, complaints);
        final String name = root.text("chassis");
        if (!name.isEmpty() && !BladesReader.NAME.matcher(name).matches()) {
            root.complain("chassis", "'" + name + "' is no name: " + BladesReader.NAME_RULE);
        }
        final ClusterParameters parameters = parameters(root.section("flows"));
        final Section backplaneSection = root.section("backplane");
        final BackplaneConfig backplane = backplane(backplaneSection);
        final int backplanePort = backplaneSection.number("port", UdpConfig.PORT, 1, MAX_PORT - 1);
        backplaneSection.end();
        final Section cluster = root.section("cluster");
        final int clusterPort = cluster.number("port", USUAL_CLUSTER_PORT, 1, MAX_PORT - 1);
        final ClusterKeyFile clusterKey = clusterKey(cluster);
        cluster.end();
        final BladesReader blades = new BladesReader(backplanePort, clusterPort);
        final List<NodeConfig> nodes = blades.read(root);
        final AdminConfig admin = admin(root.section("admin"), nodes, blades);
        final Section serviceSection = root.section("service");
        final AnnouncePolicy announce = serviceSection.choice("announce", AnnouncePolicy.CARRY);
        final SelectionPolicy selection =
                serviceSection.choice("selection", SelectionPolicy.BUCKETS);
        final ServiceConfig service = service(serviceSection, nodes, parameters.flowRules());
        final boolean announcements = serviceSection.flag("announcements", true);
        serviceSection.end();
        final LimitsReader limits = new LimitsReader(root.section("limits"));
        final RedirectorConfig redirector = limits.redirector(selection);
        final BladeConfig blade = limits.blade(announce, root.section("lifetimes"));
        final int drainMs = root.durationMs("drain-limit", USUAL_DRAIN_MS, 0, MOST_DRAIN_MS);
        final Path state = beside(root.text("state-directory", "/var/lib/boomerang"));
        final boolean keepsSessions = root.flag("keep-sessions", true);
        root.end();
        complaints.throwIfAny();
        return new ChassisConfig(
                name,
                parameters,
                backplane,
                clusterKey,
                redirector,
                blade,
                service,
                announcements,
                drainMs,
                state,
                keepsSessions,
                admin,
                nodes);
    }

    private static int processors(final List<NodeConfig> nodes) {
        return (int) nodes.stream().filter(node -> node.role() == Role.BLADE).count();
    }

    private Path beside(final String name) {
        return file.toAbsolutePath().resolveSibling(name);
    }

    // What all nodes agree on

    private ClusterParameters parameters(final Section flows) {
        final SecretFile key = secret(flows, "hash-key-file");
        final int buckets = flows.number("buckets", MOST_BUCKETS, LEAST_BUCKETS, MOST_BUCKETS);
        if (Integer.bitCount(buckets) != 1) {
            flows.complain("buckets", buckets + " is no power of two");
        }
        final FlowRules rules =
                new FlowRules(
                        flows.flag("inner-of-tunnels", FlowRules.DEFAULTS.innerOfTunnels()),
                        flows.flag("vlan-in-key", FlowRules.DEFAULTS.vlanInKey()));
        flows.end();
        return new ClusterParameters(
                key.word0(), key.word1(), Integer.highestOneBit(buckets), rules);
    }

    /// Something harmless where there is none, which has been complained of.
    private SecretFile secret(final Section section, final String field) {
        final String name = section.text(field);
        if (!name.isEmpty()) {
            try {
                return SecretFile.read(beside(name));
            } catch (final IOException e) {
                section.complain(field, String.valueOf(e.getMessage()));
            }
        }
        return new SecretFile(0, 0);
    }

    private AdminConfig admin(
            final Section section, final List<NodeConfig> nodes, final BladesReader blades) {
        final SecretFile token = section.has("token-file") ? secret(section, "token-file") : null;
        return AdminReader.read(section, token, nodes, blades.adminAddresses());
    }

    // Backplane

    private BackplaneConfig backplane(final Section section) {
        return new BackplaneConfig(
                section.number("mtu", UdpConfig.USUAL_MTU, UdpConfig.MIN_MTU, UdpConfig.MAX_MTU),
                section.choice("oversize", Oversize.REFUSE),
                section.flag("clamp-mss", false),
                keys(section),
                section.number(
                        "tagged-frame-bytes",
                        FrameSeal.USUAL_FRAME_BYTES,
                        0,
                        FrameSeal.WHOLE_FRAME),
                section.durationMs("hello-interval", USUAL_HELLO_MS, 10, 10_000),
                section.bytes(
                        "socket-buffer",
                        UdpConfig.USUAL_SOCKET_BYTES,
                        UdpConfig.MIN_SOCKET_BYTES,
                        UdpConfig.MAX_SOCKET_BYTES));
    }

    private ChassisKeys keys(final Section section) {
        final List<ChassisKeys.Key> keys = new ArrayList<>();
        for (final Section entry : section.sections("keys")) {
            final int id = entry.number("id", 0, ChassisKeys.MAX_ID);
            final SecretFile secret = secret(entry, "file");
            entry.end();
            if (keys.stream().anyMatch(key -> key.id() == id)) {
                entry.complain("id", "key " + id + " stands here again");
            } else if (keys.size() < ChassisKeys.MAX_KEYS) {
                keys.add(new ChassisKeys.Key(id, secret.word0(), secret.word1()));
            } else {
                entry.complain("more than " + ChassisKeys.MAX_KEYS + " keys");
            }
        }
        return new ChassisKeys(keys.isEmpty() ? List.of(new ChassisKeys.Key(0, 0, 0)) : keys);
    }

    // Cluster

    private ClusterKeyFile clusterKey(final Section section) {
        final String name = section.text("key-file");
        final String passwordFile = section.text("key-password-file", "");
        final String password = passwordFile.isEmpty() ? "" : password(section, passwordFile);
        final ClusterKeyFile key = new ClusterKeyFile(beside(name), password);
        if (!name.isEmpty()) {
            try {
                key.check();
            } catch (final IOException e) {
                section.complain("key-file", String.valueOf(e.getMessage()));
            }
        }
        return key;
    }

    private String password(final Section section, final String name) {
        try {
            return ClusterKeyFile.passwordIn(beside(name));
        } catch (final IOException e) {
            section.complain("key-password-file", "cannot be read: " + e);
            return "";
        }
    }

    // Service

    private ServiceConfig service(
            final Section section, final List<NodeConfig> nodes, final FlowRules rules) {
        final ProcessorKind kind = section.choice("processor", ProcessorKind.PASS);
        if (kind != ProcessorKind.FIREWALL && section.has("rules")) {
            section.complain("rules", "only a firewall has rules");
        }
        if (kind != ProcessorKind.SOURCE_NAT && section.has("nat")) {
            section.complain("nat", "only source-nat translates");
        }
        if (kind != ProcessorKind.KERNEL && section.has("kernel")) {
            section.complain("kernel", "only processor kernel is reached so");
        }
        if (kind != ProcessorKind.APPLIANCE && section.has("appliance")) {
            section.complain("appliance", "only processor appliance has one");
        }
        if (kind != ProcessorKind.HANDOFF && section.has("handoff")) {
            section.complain("handoff", "only processor handoff gives connections away");
        }
        return switch (kind) {
            case PASS -> new ServiceConfig.Pass();
            case FIREWALL -> new ServiceConfig.Firewall(rules(section));
            case SOURCE_NAT -> sourceNat(section, section.section("nat"), processors(nodes));
            case KERNEL -> KernelReader.read(section, rules);
            case APPLIANCE -> ApplianceReader.read(section, nodes);
            case HANDOFF -> HandoffReader.read(section, nodes, rules, this::beside);
        };
    }

    private FirewallRules rules(final Section section) {
        final String name = section.text("rules", "");
        if (!name.isEmpty()) {
            try {
                final Path path = beside(name);
                return FirewallRules.parse(path.toString(), Files.readString(path));
            } catch (final RuleFileException e) {
                section.complain("rules", String.valueOf(e.getMessage()));
            } catch (final IOException e) {
                section.complain("rules", "cannot be read: " + e);
            }
        }
        return FirewallRules.DEFAULTS;
    }

    private static ServiceConfig sourceNat(
            final Section section, final Section nat, final int processors) {
        if (!section.has("nat")) {
            section.complain("nat", "is missing");
            return new ServiceConfig.Pass();
        }
        final @Nullable InetAddress ipv4 = nat.address("ipv4");
        final @Nullable InetAddress ipv6 = nat.address("ipv6");
        final int first = nat.number("first-port", USUAL_FIRST_PORT, 1, MAX_PORT);
        final int perBlade =
                nat.number("ports-per-blade", USUAL_PORTS_PER_BLADE, 1, MAX_PORT + 1 - first);
        final int probes = nat.number("probes", USUAL_PROBES, 1, MAX_PORT);
        nat.end();
        if (ipv4 instanceof final Inet4Address v4
                && ipv6 instanceof final Inet6Address v6
                && perBlade <= MAX_PORT + 1 - first) {
            final NatConfig config = new NatConfig(v4, v6, first, perBlade, probes);
            if (processors > config.bladeLimit()) {
                nat.complain(
                        "ports-per-blade",
                        perBlade
                                + " ports from "
                                + first
                                + " on are enough for "
                                + config.bladeLimit()
                                + " of "
                                + processors
                                + " processors");
            }
            return new ServiceConfig.SourceNat(config);
        }
        if (ipv4 instanceof Inet6Address) {
            nat.complain("ipv4", "is an IPv6 address");
        }
        if (ipv6 instanceof Inet4Address) {
            nat.complain("ipv6", "is an IPv4 address");
        }
        return new ServiceConfig.Pass();
    }
}
