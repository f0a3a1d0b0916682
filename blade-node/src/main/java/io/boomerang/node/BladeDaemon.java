package io.boomerang.node;

import io.boomerang.backplane.udp.UdpConfig;
import io.boomerang.cluster.ControlSender;
import io.boomerang.cluster.JGroupsChannel;
import io.boomerang.cluster.JGroupsConfig;
import io.boomerang.cluster.Member;
import io.boomerang.cluster.Member.Role;
import io.boomerang.cluster.key.KeyHolder;
import io.boomerang.node.admin.AdminServer;
import io.boomerang.node.admin.OperatedBlade;
import io.boomerang.node.admin.OperatedNode;
import io.boomerang.node.config.ChassisConfig;
import io.boomerang.node.config.NodeConfig;
import io.boomerang.node.config.OutsideInterface;
import io.boomerang.node.store.NodeStore;
import io.boomerang.node.store.RestoredNode;
import io.boomerang.port.PacketPort;
import io.boomerang.port.PacketPorts;
import io.boomerang.port.PortOptions;
import io.boomerang.redirector.mtu.PacketFit;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Everything that runs on one blade: a redirector, a processor, or both, and where operators reach
/// it. Started and stopped once.
public final class BladeDaemon {
    private static final Logger LOG = LogManager.getLogger(BladeDaemon.class);

    /// How long a redirector that leaves waits for what it has asked blades for.
    private static final long REDIRECTOR_DRAIN_MS = 2_000;

    /// How long a node goes on after it has left the cluster: until the others have heard of it.
    private static final long GRACE_MS = 300;

    private final ChassisConfig config;
    private final String blade;
    private final List<NodeConfig> nodes;
    private final FlowClock clock = new FlowClock();
    private final List<NodeAgent> processors = new ArrayList<>();
    private final List<NodeAgent> redirectors = new ArrayList<>();
    private volatile @Nullable KeyHolder clusterKey;
    private final CountDownLatch anyEnded = new CountDownLatch(1);
    private final List<OperatedNode> operated = new CopyOnWriteArrayList<>();
    private final Runnable onKill;
    private volatile @Nullable AdminServer admin;

    /// A daemon that has not started yet.
    ///
    /// @param onKill ends the process at once, because an operator says so
    /// @throws IllegalArgumentException when the chassis has no blade of that name
    public BladeDaemon(final ChassisConfig config, final String blade, final Runnable onKill) {
        this.config = config;
        this.blade = blade;
        this.onKill = onKill;
        nodes = config.nodesOf(blade);
    }

    /// Opens everything and joins the cluster.
    ///
    /// @throws IOException when an interface, an address or the state directory cannot be used
    /// @throws RuntimeException when the cluster does not take a node
    public void start() throws IOException, InterruptedException {
        try {
            final KeyHolder key =
                    KeyHolder.watch(
                            config.clusterKey().file(),
                            config.clusterKey().password().toCharArray());
            clusterKey = key;
            for (final NodeConfig node : nodes) {
                BackplaneRoom.of(config, node).requireMtu();
                final NodeAgent agent = agent(node, key);
                (node.role() == Role.BLADE ? processors : redirectors).add(agent);
                agent.start();
                operated.add(new AgentAccess(node, agent));
            }
            admin = openAdmin();
        } catch (final IOException | RuntimeException | InterruptedException e) {
            finish();
            throw e;
        }
        LOG.info(
                "chassis={} blade={} nodes={} started",
                config.name(),
                blade,
                nodes.stream().map(NodeConfig::name).toList());
    }

    private @Nullable AdminServer openAdmin() throws IOException {
        final InetSocketAddress address = config.admin().addressOf(blade);
        if (address == null) {
            return null;
        }
        final AdminServer server = AdminServer.open(config, new Operated(), address);
        LOG.info("blade={} operators={}", blade, server.address());
        return server;
    }

    /// This daemon as operators see it.
    private final class Operated implements OperatedBlade {
        @Override
        public String name() {
            return blade;
        }

        @Override
        public List<OperatedNode> nodes() {
            return operated;
        }

        @Override
        public void kill() {
            LOG.warn("blade={} is killed by an operator", blade);
            onKill.run();
        }
    }

    private NodeAgent agent(final NodeConfig node, final KeyHolder key) throws IOException {
        final Member self =
                new Member(
                        node.node(),
                        node.name(),
                        node.role(),
                        IncarnationFile.next(config.stateDirectory(), node.name()),
                        config.parameters().digest());
        return new NodeAgent(
                config,
                udpConfig(node),
                self,
                new JGroupsChannel(clusterConfig(node, key), self),
                (meter, control) -> machine(node, self, meter, control),
                clock,
                anyEnded::countDown);
    }

    private NodeMachine machine(
            final NodeConfig node,
            final Member self,
            final FrameMeter meter,
            final ControlSender control)
            throws IOException {
        final NodeMachine machine =
                node.role() == Role.BLADE
                        ? new ProcessorMachine(
                                BladeMaker.make(config, node, self, meter, control), node.weight())
                        : redirector(node, self, meter, control);
        if (config.keepsSessions()) {
            try {
                final Path directory = config.sessionsDirectory();
                final NodeStore store = NodeStore.open(directory, node.name());
                final RestoredNode restored = machine.keep(store, clock.nowNs());
                LOG.info(
                        "node={} sessions={} restored={} over={} damaged={} files_set_aside={}",
                        node.name(),
                        directory,
                        restored.taken(),
                        restored.over(),
                        restored.damaged(),
                        restored.setAside().size());
            } catch (final RuntimeException e) {
                machine.close();
                throw e;
            }
        }
        return machine;
    }

    private UdpConfig udpConfig(final NodeConfig own) {
        final Map<Integer, InetSocketAddress> peers = new HashMap<>();
        for (final NodeConfig node : config.nodes()) {
            if (node.node() != own.node()) {
                peers.put(node.node(), node.backplane());
            }
        }
        return new UdpConfig(
                own.backplane(),
                peers,
                config.backplane().keys(),
                config.backplane().frameBytes(),
                config.backplane().mtu(),
                config.backplane().socketBytes());
    }

    private JGroupsConfig clusterConfig(final NodeConfig node, final KeyHolder key) {
        return new JGroupsConfig(
                config.name(),
                JGroupsConfig.Stack.TCP,
                node.cluster().getAddress(),
                node.cluster().getPort(),
                0,
                config.nodes().stream().map(NodeConfig::cluster).toList(),
                key);
    }

    private NodeMachine redirector(
            final NodeConfig node,
            final Member self,
            final FrameMeter meter,
            final ControlSender control)
            throws IOException {
        final OutsideInterface outside = node.outside();
        final OutsideLink link = OutsideLink.of(outside);
        final PacketPort port =
                PacketPorts.open(outside.name(), PortOptions.DEFAULTS.withDriver(outside.port()));
        try {
            final PacketFit fit = BackplaneRoom.of(config, node).fit(port);
            return new RedirectorMachine(config, self, port, link, fit, meter, control);
        } catch (final IOException | RuntimeException e) {
            port.close();
            throw e;
        }
    }

    /// Waits until it is stopped or a node ends; answers whether one has failed.
    public boolean awaitEnd() throws InterruptedException {
        anyEnded.await();
        return agents().stream().anyMatch(agent -> agent.failure() != null);
    }

    private List<NodeAgent> agents() {
        final List<NodeAgent> all = new ArrayList<>(processors);
        all.addAll(redirectors);
        return all;
    }

    /// Takes no new flows, waits for those there are to end, at most as long as configured, and
    /// leaves the cluster; answers whether nothing was left. Processors leave before a redirector
    /// beside them does.
    public boolean stop() throws InterruptedException {
        LOG.info("blade={} drains, limit_ms={}", blade, config.drainLimitMs());
        final boolean processed = drain(processors, config.drainLimitMs());
        final boolean steered =
                drain(redirectors, Math.min(REDIRECTOR_DRAIN_MS, config.drainLimitMs()));
        finish();
        LOG.info("blade={} stopped, drained={}", blade, processed && steered);
        return processed && steered;
    }

    private static boolean drain(final List<NodeAgent> agents, final long limitMs)
            throws InterruptedException {
        agents.forEach(NodeAgent::drain);
        final long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMs);
        boolean all = true;
        for (final NodeAgent agent : agents) {
            all &= agent.awaitDrained(TimeUnit.NANOSECONDS.toMillis(endNs - System.nanoTime()));
        }
        return all;
    }

    /// Leaves the cluster at once.
    public void abandon() throws InterruptedException {
        finish();
    }

    private void finish() throws InterruptedException {
        final AdminServer server = admin;
        if (server != null) {
            server.close();
        }
        for (final NodeAgent agent : agents()) {
            agent.finish(GRACE_MS);
        }
        final KeyHolder key = clusterKey;
        if (key != null) {
            key.close();
        }
    }
}
