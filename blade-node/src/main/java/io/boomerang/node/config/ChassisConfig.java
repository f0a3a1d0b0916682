package io.boomerang.node.config;

import io.boomerang.backplane.ChassisKeys;
import io.boomerang.blade.BladeConfig;
import io.boomerang.cluster.ClusterParameters;
import io.boomerang.cluster.Member.Role;
import io.boomerang.redirector.RedirectorConfig;
import io.boomerang.redirector.mtu.Oversize;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// A chassis as its file describes it, the same on every blade.
///
/// @param name of the chassis, and of its cluster
/// @param parameters what all nodes agree on
/// @param backplane what carries frames
/// @param clusterKey what makes a node a member of the cluster
/// @param redirector configuration of every redirector
/// @param blade configuration of every processor
/// @param service what processors do
/// @param announcements whether processors tell redirectors of their sessions, as they should
/// @param drainLimitMs how long a blade that is told to stop waits for its flows to end, in
///   milliseconds
/// @param stateDirectory where a blade keeps what it has to know when it starts again
/// @param keepsSessions whether nodes keep their sessions there, too
/// @param admin where operators reach the daemons
/// @param nodes ordered by id
public record ChassisConfig(
        String name,
        ClusterParameters parameters,
        BackplaneConfig backplane,
        ClusterKeyFile clusterKey,
        RedirectorConfig redirector,
        BladeConfig blade,
        ServiceConfig service,
        boolean announcements,
        int drainLimitMs,
        Path stateDirectory,
        boolean keepsSessions,
        AdminConfig admin,
        List<NodeConfig> nodes) {

    /// What carries frames.
    ///
    /// @param mtu of the backplane's interfaces, in bytes
    /// @param oversize what happens to packets from outside that do not fit that
    /// @param clampMss whether SYNs state a segment size that fits
    /// @param keys with which nodes know each other's datagrams
    /// @param frameBytes how much of a frame a datagram's tag covers, in bytes
    /// @param helloIntervalMs between two hellos of a node, in milliseconds
    /// @param socketBytes of the kernel's buffers, each, in bytes
    public record BackplaneConfig(
            int mtu,
            Oversize oversize,
            boolean clampMss,
            ChassisKeys keys,
            int frameBytes,
            int helloIntervalMs,
            int socketBytes) {}

    public ChassisConfig {
        nodes = List.copyOf(nodes);
    }

    /// Reads and checks a chassis file, and the files that it names.
    ///
    /// @throws IOException when the file cannot be read
    /// @throws ConfigException when something in it is wrong
    public static ChassisConfig read(final Path file) throws IOException, ConfigException {
        return new ChassisReader(file).read(Files.readString(file));
    }

    /// Where nodes keep their sessions, if they do.
    public Path sessionsDirectory() {
        return stateDirectory.resolve("sessions");
    }

    /// The processors to which no new flows come; the caller's to change.
    public Set<Integer> nodesWithoutNewFlows() {
        return nodes.stream()
                .filter(node -> node.role() == Role.BLADE && !service.opensFlows(node.blade()))
                .map(NodeConfig::node)
                .collect(Collectors.toCollection(HashSet::new));
    }

    /// The names of all blades, in the order of their nodes.
    public List<String> bladeNames() {
        return nodes.stream().map(NodeConfig::blade).distinct().toList();
    }

    /// What operators call a node; `node-7` for one that the file does not know.
    public String nodeName(final int node) {
        for (final NodeConfig config : nodes) {
            if (config.node() == node) {
                return config.name();
            }
        }
        return "node-" + node;
    }

    /// What runs on a blade.
    ///
    /// @throws IllegalArgumentException when there is no such blade; the message names those there
    ///   are
    public List<NodeConfig> nodesOf(final String bladeName) {
        final List<NodeConfig> own =
                nodes.stream().filter(node -> node.blade().equals(bladeName)).toList();
        if (own.isEmpty()) {
            final List<String> names = bladeNames();
            final @Nullable String meant = Suggestion.nearest(bladeName, names);
            throw new IllegalArgumentException(
                    "no blade is called "
                            + bladeName
                            + (meant == null
                                    ? "; there are " + String.join(", ", names)
                                    : "; did you mean " + meant + "?"));
        }
        return own;
    }
}
