package io.boomerang.cluster;

import io.boomerang.cluster.key.KeyedSockets;

import org.jgroups.protocols.BaseBundler;
import org.jgroups.protocols.Discovery;
import org.jgroups.protocols.FD_ALL3;
import org.jgroups.protocols.FD_SOCK;
import org.jgroups.protocols.FD_SOCK2;
import org.jgroups.protocols.FRAG2;
import org.jgroups.protocols.LOCAL_PING;
import org.jgroups.protocols.MERGE3;
import org.jgroups.protocols.PerDestinationBundler;
import org.jgroups.protocols.SHARED_LOOPBACK;
import org.jgroups.protocols.SHARED_LOOPBACK_PING;
import org.jgroups.protocols.TCP;
import org.jgroups.protocols.TCPPING;
import org.jgroups.protocols.TP;
import org.jgroups.protocols.TransferQueueBundler;
import org.jgroups.protocols.UFC;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.protocols.pbcast.STABLE;
import org.jgroups.stack.DiagnosticsHandler;
import org.jgroups.stack.Protocol;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Puts together the protocols of a channel, from the transport upwards.
///
/// Everything we send is unicast, so that one member hears from another in one order; multicast
/// serves JGroups' own views only. Members within one process cannot die alone, so nothing watches
/// them there.
final class JGroupsStack {
    /// We batch messages ourselves, so this many transmissions are a great many messages.
    private static final int BUNDLER_CAPACITY = 16 * 1024;

    private static final int FRAGMENT_BYTES = 60_000;
    private static final int CREDIT_BYTES = 4_000_000;

    /// How long a joiner waits for an answer. Among hosts also how long the first one looks for
    /// others; within a process nobody needs to look, but the machine may be busy.
    private static final int JOIN_TIMEOUT_MS = 2_000;

    /// Connecting and the handshake come before the answer: a joiner that waited less would take a
    /// busy chassis for none.
    private static final int KEYED_JOIN_TIMEOUT_MS =
            JOIN_TIMEOUT_MS + KeyedSockets.HANDSHAKE_LIMIT_MS;

    /// Who is not trusted will not be after more of them.
    private static final int KEYED_JOIN_ATTEMPTS = 3;

    /// While a joiner looks for the coordinator it asks so often: of hosts that start together none
    /// is the coordinator at first.
    private static final int DISCOVERY_RUNS = 8;

    private static final int JOIN_TIMEOUT_WITHIN_PROCESS_MS = 10_000;
    private static final int LEAVE_TIMEOUT_MS = 1_000;
    private static final int CONNECT_TIMEOUT_MS = 1_000;
    private static final int HEARTBEAT_INTERVAL_MS = 1_000;
    private static final int HEARTBEAT_TIMEOUT_MS = 5_000;

    /// Longer than it takes to notice a silent link (three hello intervals) and to take another
    /// one.
    private static final int VERIFY_TIMEOUT_MS = 5 * ClusterLinks.HELLO_INTERVAL_MS;

    private static final int MERGE_MIN_INTERVAL_MS = 1_000;
    private static final int MERGE_MAX_INTERVAL_MS = 3_000;

    private JGroupsStack() {}

    /// @param sockets null for those of the platform
    /// @param aboveTransport what comes next to the transport
    static List<Protocol> protocols(
            final JGroupsConfig config,
            final @Nullable KeyedSockets sockets,
            final List<Protocol> aboveTransport)
            throws Exception {
        final List<Protocol> protocols = new ArrayList<>();
        protocols.add(transport(config, sockets));
        protocols.addAll(aboveTransport);
        protocols.add(discovery(config));
        protocols.add(
                new MERGE3()
                        .setMinInterval(MERGE_MIN_INTERVAL_MS)
                        .setMaxInterval(MERGE_MAX_INTERVAL_MS));
        if (!config.isWithinThisProcess()) {
            protocols.add(deathWatch(config, sockets));
            protocols.add(
                    new FD_ALL3()
                            .setTimeout(HEARTBEAT_TIMEOUT_MS)
                            .setInterval(HEARTBEAT_INTERVAL_MS));
            protocols.add(new PersistentVerification(VERIFY_TIMEOUT_MS));
        }
        protocols.add(new NAKACK2().useMcastXmit(false));
        protocols.add(new UNICAST3());
        protocols.add(new STABLE());
        protocols.add(membership(config, sockets));
        protocols.add(new UFC().setMaxCredits(CREDIT_BYTES));
        protocols.add(new FRAG2().setFragSize(FRAGMENT_BYTES));
        return protocols;
    }

    private static GMS membership(
            final JGroupsConfig config, final @Nullable KeyedSockets sockets) {
        final GMS membership = new GMS().setLeaveTimeout(LEAVE_TIMEOUT_MS);
        membership.printLocalAddress(false);
        if (config.isWithinThisProcess()) {
            return membership.setJoinTimeout(JOIN_TIMEOUT_WITHIN_PROCESS_MS);
        }
        return sockets == null
                ? membership.setJoinTimeout(JOIN_TIMEOUT_MS)
                : membership
                        .setJoinTimeout(KEYED_JOIN_TIMEOUT_MS)
                        .setMaxJoinAttempts(KEYED_JOIN_ATTEMPTS);
    }

    /// Connections that end when a member dies. The newer FD_SOCK2 makes its sockets itself, so
    /// that strangers could speak to it.
    private static Protocol deathWatch(
            final JGroupsConfig config, final @Nullable KeyedSockets sockets) {
        return sockets == null
                ? new FD_SOCK2()
                : new FD_SOCK()
                        .setBindAddress(config.bindAddress())
                        .setSockConnTimeout(CONNECT_TIMEOUT_MS);
    }

    private static TP transport(final JGroupsConfig config, final @Nullable KeyedSockets sockets)
            throws Exception {
        final TP transport =
                switch (config.stack()) {
                    case SHARED_LOOPBACK -> new SHARED_LOOPBACK();
                    case TCP -> new TCP().setSockConnTimeout(CONNECT_TIMEOUT_MS).tcpNodelay(true);
                };
        transport
                .setBindAddr(config.bindAddress())
                .setBindPort(config.firstPort())
                .setPortRange(config.portRange());
        if (sockets != null) {
            transport.setSocketFactory(new KeyedSocketFactory(sockets));
        }
        final BaseBundler bundler = bundler(config);
        bundler.setCapacity(BUNDLER_CAPACITY);
        transport.setBundler(bundler);
        transport.useVirtualThreads(false);
        transport.setDiagnosticsHandler(new DiagnosticsHandler().setEnabled(false));
        return transport;
    }

    /// Among hosts a thread for each destination: the one that waits for a connection to a host
    /// that is gone, or for room in one whose other end is silent, keeps nothing from the other
    /// members.
    private static BaseBundler bundler(final JGroupsConfig config) {
        if (config.isWithinThisProcess()) {
            return new TransferQueueBundler();
        }
        final BaseBundler bundler = new PerDestinationBundler();
        bundler.useSingleSenderThread(false);
        return bundler;
    }

    private static Discovery discovery(final JGroupsConfig config) {
        if (!config.isWithinThisProcess()) {
            return new TCPPING()
                    .setInitialHosts(config.initialHosts())
                    .setPortRange(config.portRange())
                    .numDiscoveryRuns(DISCOVERY_RUNS);
        }
        return switch (config.stack()) {
            case SHARED_LOOPBACK -> new SHARED_LOOPBACK_PING();
            case TCP -> new LOCAL_PING();
        };
    }
}
