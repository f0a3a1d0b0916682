package io.boomerang.sim.measure;

import io.boomerang.backplane.ChassisKeys;
import io.boomerang.backplane.FrameSeal;
import io.boomerang.backplane.udp.UdpConfig;
import io.boomerang.cluster.ClusterChannel;
import io.boomerang.cluster.ClusterParameters;
import io.boomerang.cluster.JGroupsChannel;
import io.boomerang.cluster.JGroupsConfig;
import io.boomerang.cluster.Member;
import io.boomerang.cluster.Member.Role;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Where the nodes of a chassis find each other on the loopback interface, in whichever processes
/// they run: an ingress redirector, one more, an egress redirector and blades. A node's port is
/// that of its cluster connections and of its backplane.
///
/// @param ports by node, from node 1 on
record LoopbackChassis(List<Integer> ports) {
    static final Member FIRST = member(1, "ingress-1", Role.INGRESS_REDIRECTOR);
    static final Member JOINING = member(2, "ingress-2", Role.INGRESS_REDIRECTOR);
    static final Member FAR = member(3, "egress-1", Role.EGRESS_REDIRECTOR);
    private static final int REDIRECTORS = 3;

    /// Anybody on this machine may know it.
    private static final ChassisKeys KEYS =
            new ChassisKeys(List.of(new ChassisKeys.Key(0, 0x626f6f6d, 0x6572616e)));

    LoopbackChassis {
        ports = List.copyOf(ports);
    }

    /// Ports that are free now.
    static LoopbackChassis of(final int blades) throws IOException {
        final List<Integer> ports = new ArrayList<>();
        final List<ServerSocket> taken = new ArrayList<>();
        try {
            for (int i = 0; i < REDIRECTORS + blades; i++) {
                final ServerSocket socket =
                        new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                taken.add(socket);
                ports.add(socket.getLocalPort());
            }
        } finally {
            for (final ServerSocket socket : taken) {
                socket.close();
            }
        }
        return new LoopbackChassis(ports);
    }

    private static Member member(final int node, final String name, final Role role) {
        return new Member(node, name, role, 1, ClusterParameters.DEFAULTS.digest());
    }

    int blades() {
        return ports.size() - REDIRECTORS;
    }

    /// The blade with this number, from 1.
    Member blade(final int number) {
        return member(REDIRECTORS + number, "blade-" + number, Role.BLADE);
    }

    ClusterChannel channel(final Member self) {
        return new JGroupsChannel(
                new JGroupsConfig(
                        "measured-" + ports.getFirst(),
                        JGroupsConfig.Stack.TCP,
                        InetAddress.getLoopbackAddress(),
                        port(self),
                        0,
                        ports.stream().map(LoopbackChassis::address).toList(),
                        null),
                self);
    }

    private int port(final Member member) {
        return ports.get(member.node() - 1);
    }

    private static InetSocketAddress address(final int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    UdpConfig backplane(final Member self) {
        final Map<Integer, InetSocketAddress> peers = new HashMap<>();
        for (int node = 1; node <= ports.size(); node++) {
            if (node != self.node()) {
                peers.put(node, address(ports.get(node - 1)));
            }
        }
        return new UdpConfig(
                address(port(self)),
                peers,
                KEYS,
                FrameSeal.USUAL_FRAME_BYTES,
                UdpConfig.USUAL_MTU,
                UdpConfig.USUAL_SOCKET_BYTES);
    }
}
