package io.boomerang.sim.measure;

import io.boomerang.cluster.ClusterParameters;
import io.boomerang.cluster.JGroupsChannel;
import io.boomerang.cluster.JGroupsConfig;
import io.boomerang.cluster.Member;
import io.boomerang.cluster.key.KeyHolder;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/// The two members that a measurement consists of, on the loopback interface.
///
/// @param redirectorPort where the redirector listens, or soon after it
/// @param bladePort where the blade listens, or soon after it
record MeasuredCluster(int redirectorPort, int bladePort) {
    static final Member REDIRECTOR = member(1, "egress-1", Member.Role.EGRESS_REDIRECTOR);
    static final Member BLADE = member(2, "blade-1", Member.Role.BLADE);

    /// Another process may have taken a port meanwhile that was free.
    private static final int PORT_RANGE = 9;

    private static Member member(final int node, final String name, final Member.Role role) {
        return new Member(node, name, role, 1, ClusterParameters.DEFAULTS.digest());
    }

    /// @param key null for connections without TLS
    JGroupsChannel channel(final Member self, final @Nullable KeyHolder key) {
        final InetAddress loopback = InetAddress.getLoopbackAddress();
        return new JGroupsChannel(
                new JGroupsConfig(
                        "measured-" + redirectorPort,
                        JGroupsConfig.Stack.TCP,
                        loopback,
                        self.equals(REDIRECTOR) ? redirectorPort : bladePort,
                        PORT_RANGE,
                        List.of(new InetSocketAddress(loopback, redirectorPort)),
                        key),
                self);
    }
}
