package io.boomerang.node.config;

import io.boomerang.announce.BucketTableUpdate;
import io.boomerang.cluster.Member;
import io.boomerang.cluster.Member.Role;
import io.boomerang.flow.Side;
import io.boomerang.port.PortOptions.Driver;

import org.jspecify.annotations.Nullable;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// Reads the blades of a chassis file, and sees that they fit together.
///
/// A blade listens on the backplane's port and on the cluster's port; a processor beside a
/// redirector on the next ones.
final class BladesReader {
    static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,30}");
    static final String NAME_RULE = "1 to 31 of a-z, 0-9 and -";

    /// What a blade has of which nothing is said, everywhere.
    private static final int USUAL_WEIGHT = 100;

    private final int backplanePort;
    private final int clusterPort;
    private final List<NodeConfig> nodes = new ArrayList<>();
    private final Map<String, String> bladeByNodeName = new HashMap<>();
    private final Map<Integer, String> bladeByNode = new HashMap<>();
    private final Map<InetAddress, String> bladeByAddress = new HashMap<>();
    private final Map<String, InetAddress> adminAddresses = new HashMap<>();
    private @Nullable InetAddress firstAddress;

    BladesReader(final int backplanePort, final int clusterPort) {
        this.backplanePort = backplanePort;
        this.clusterPort = clusterPort;
    }

    /// The nodes of all blades, ordered by id.
    List<NodeConfig> read(final Section root) {
        final List<Section> blades = root.sections("blades");
        blades.forEach(this::readBlade);
        if (!blades.isEmpty()) {
            requireRole(root, Role.INGRESS_REDIRECTOR, "no blade has a redirector of side ingress");
            requireRole(root, Role.EGRESS_REDIRECTOR, "no blade has a redirector of side egress");
            requireRole(root, Role.BLADE, "no blade has a processor");
        }
        nodes.sort(Comparator.comparingInt(NodeConfig::node));
        int processors = 0;
        for (int i = 0; i < nodes.size(); i++) {
            final NodeConfig node = nodes.get(i);
            if (node.role() == Role.BLADE) {
                nodes.set(i, withIndex(node, processors++));
            }
        }
        return nodes;
    }

    /// The addresses that blades have for operators, by name, after {@link #read}.
    Map<String, InetAddress> adminAddresses() {
        return adminAddresses;
    }

    private static NodeConfig withIndex(final NodeConfig node, final int index) {
        return new NodeConfig(
                node.node(),
                node.name(),
                node.blade(),
                node.role(),
                node.backplane(),
                node.cluster(),
                node.outside(),
                node.weight(),
                index);
    }

    private void requireRole(final Section root, final Role role, final String complaint) {
        if (nodes.stream().noneMatch(node -> node.role() == role)) {
            root.complain("blades", complaint);
        }
    }

    private void readBlade(final Section section) {
        final String name = section.text("name");
        if (!name.isEmpty() && !NAME.matcher(name).matches()) {
            section.complain("name", "'" + name + "' is no name: " + NAME_RULE);
        }
        final InetAddress address = address(section, name);
        if (section.has("admin-address")) {
            final InetAddress admin = section.address("admin-address");
            if (admin != null && (admin.isAnyLocalAddress() || admin.isMulticastAddress())) {
                section.complain("admin-address", "cannot be the address of one blade");
            } else if (admin != null) {
                adminAddresses.put(name, admin);
            }
        }
        final boolean redirects = section.has("redirector");
        final boolean processes = section.has("processor");
        if (!redirects && !processes) {
            section.complain("has neither a redirector nor a processor");
        }
        if (redirects) {
            final Section role = section.section("redirector");
            final Side side = role.has("side") ? role.choice("side", Side.INGRESS) : null;
            if (side == null) {
                role.complain("side", "is missing");
            }
            final OutsideInterface outside =
                    new OutsideInterface(
                            role.interfaceName("interface"),
                            role.choice("port", Driver.AUTO),
                            role.flag("link-follows-service", true));
            addNode(
                    role,
                    processes ? name + "-redirector" : name,
                    name,
                    side == Side.EGRESS ? Role.EGRESS_REDIRECTOR : Role.INGRESS_REDIRECTOR,
                    address,
                    0,
                    outside);
        }
        if (processes) {
            addNode(
                    section.section("processor"),
                    redirects ? name + "-processor" : name,
                    name,
                    Role.BLADE,
                    address,
                    redirects ? 1 : 0,
                    OutsideInterface.NONE);
        }
        section.end();
    }

    /// Something harmless where there is none, which has been complained of.
    private InetAddress address(final Section section, final String name) {
        final InetAddress address = section.address("address");
        if (address == null) {
            return InetAddress.getLoopbackAddress();
        }
        if (address.isAnyLocalAddress() || address.isMulticastAddress()) {
            section.complain("address", "cannot be the address of one blade");
        }
        final String other = bladeByAddress.putIfAbsent(address, name);
        if (other != null) {
            section.complain("address", "is that of " + other + ", too");
        }
        if (firstAddress == null) {
            firstAddress = address;
        } else if (firstAddress instanceof Inet6Address != address instanceof Inet6Address) {
            section.complain("address", "all blades have IPv4 addresses, or all have IPv6 ones");
        }
        return address;
    }

    private void addNode(
            final Section role,
            final String nodeName,
            final String blade,
            final Role kind,
            final InetAddress address,
            final int portOffset,
            final OutsideInterface outside) {
        final int id = role.number("node", 1, Member.MAX_NODE);
        final int weight =
                kind == Role.BLADE
                        ? role.number("weight", USUAL_WEIGHT, 0, BucketTableUpdate.MAX_WEIGHT)
                        : 0;
        role.end();
        final String sameName = bladeByNodeName.putIfAbsent(nodeName, blade);
        if (sameName != null && !blade.isEmpty()) {
            role.complain("the name " + nodeName + " is taken by blade " + sameName);
        }
        final String sameNode = role.has("node") ? bladeByNode.putIfAbsent(id, nodeName) : null;
        if (sameNode != null) {
            role.complain("node", id + " is the id of " + sameNode + ", too");
        }
        nodes.add(
                new NodeConfig(
                        id,
                        nodeName,
                        blade,
                        kind,
                        new InetSocketAddress(address, backplanePort + portOffset),
                        new InetSocketAddress(address, clusterPort + portOffset),
                        outside,
                        weight,
                        0));
    }
}
