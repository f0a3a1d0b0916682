package io.boomerang.sim.command;

import io.boomerang.announce.BucketTableUpdate;
import io.boomerang.announce.DesiredRule;
import io.boomerang.announce.SelectionPolicy;
import io.boomerang.announce.SteeringRule;
import io.boomerang.announce.TcpPhase;
import io.boomerang.blade.FlowAccount;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.Member;
import io.boomerang.cluster.Member.Role;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.FlowText;
import io.boomerang.flow.Side;
import io.boomerang.node.admin.AdminServer;
import io.boomerang.node.admin.CaptureBatch;
import io.boomerang.node.admin.CapturedFrame;
import io.boomerang.node.admin.FlowReport;
import io.boomerang.node.admin.Measurements;
import io.boomerang.node.admin.Metric;
import io.boomerang.node.admin.NodeStatus;
import io.boomerang.node.admin.OperatedBlade;
import io.boomerang.node.admin.OperatedNode;
import io.boomerang.node.admin.SessionEntry;
import io.boomerang.node.admin.SessionQuery;
import io.boomerang.node.config.ChassisConfig;
import io.boomerang.node.config.NodeConfig;
import io.boomerang.redirector.steering.Explanation;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/// The daemon of a blade without what it would run: the nodes of the chassis file answer what a
/// test tells them to, by the true endpoint.
final class FakeDaemon implements OperatedBlade, AutoCloseable {
    static final FlowKey FLOW = FlowText.parse("tcp 10.1.0.2:4711 10.2.0.1:80");

    private final ChassisConfig config;
    private final String blade;
    private final AdminServer server;

    long live = 3;
    int weight = 100;
    boolean moves;
    boolean killed;
    boolean capturedElsewhere;

    /// Bucket table in use.
    long epoch = 1_025;

    /// Whether rules are followed.
    boolean follows = true;

    SteeringRule rule = SteeringRule.initial(SelectionPolicy.BUCKETS);

    FakeDaemon(final ChassisConfig config, final String blade) throws IOException {
        this.config = config;
        this.blade = blade;
        server =
                AdminServer.open(
                        config, this, Objects.requireNonNull(config.admin().addressOf(blade)));
    }

    private static Member member(final NodeConfig node) {
        return new Member(node.node(), node.name(), node.role(), 1, 0);
    }

    @Override
    public String name() {
        return blade;
    }

    @Override
    public List<OperatedNode> nodes() {
        return config.nodesOf(blade).stream().<OperatedNode>map(Node::new).toList();
    }

    @Override
    public void kill() {
        killed = true;
    }

    @Override
    public void close() {
        server.close();
    }

    private final class Node implements OperatedNode {
        private final NodeConfig node;

        Node(final NodeConfig node) {
            this.node = node;
        }

        private boolean processes() {
            return node.role() == Role.BLADE;
        }

        @Override
        public NodeConfig config() {
            return node;
        }

        @Override
        public NodeStatus status() {
            final boolean drains = processes() && weight == 0;
            return new NodeStatus(
                    member(node),
                    !drains
                            ? NodeStatus.State.RUNNING
                            : live == 0 ? NodeStatus.State.DRAINED : NodeStatus.State.DRAINING,
                    processes() ? weight : 0,
                    rule,
                    follows,
                    System.nanoTime() / 1_000_000,
                    new ClusterView(
                            1,
                            config.nodes().stream()
                                    .map(FakeDaemon::member)
                                    .sorted(Comparator.comparingInt(Member::node))
                                    .toList()),
                    new Measurements()
                            .add(Metric.FLOWS, "live", live)
                            .add(Metric.DROPS, "no-blade", 7));
        }

        @Override
        public FlowReport explain(final FlowKey key) {
            if (!key.equals(FLOW)) {
                return processes()
                        ? new FlowReport.OfProcessor(null)
                        : new FlowReport.OfRedirector(
                                new Explanation(node.name(), null, 5, 201, epoch, 1, 0));
            }
            return processes()
                    ? new FlowReport.OfProcessor(
                            new FlowAccount(
                                    FLOW,
                                    FLOW,
                                    0xABC,
                                    4,
                                    TcpPhase.ESTABLISHED,
                                    Side.INGRESS,
                                    true,
                                    true,
                                    1,
                                    0,
                                    10,
                                    60_000))
                    : new FlowReport.OfRedirector(
                            new Explanation(node.name(), null, 5, 201, epoch, 1, 0));
        }

        @Override
        public void sessions(final SessionQuery query, final Consumer<SessionEntry> to) {
            to.accept(
                    new SessionEntry(
                            FLOW,
                            FLOW,
                            201,
                            0xABC,
                            2,
                            4,
                            TcpPhase.ESTABLISHED,
                            "announced",
                            true,
                            9_000));
        }

        @Override
        public Optional<BucketTableUpdate> buckets() {
            final TreeMap<Integer, Integer> weights = new TreeMap<>();
            weights.put(201, 50);
            return processes()
                    ? Optional.empty()
                    : Optional.of(
                            new BucketTableUpdate(
                                    epoch, new short[] {201, 201, 201, 201}, weights));
        }

        @Override
        public boolean weigh(final int newWeight, final boolean newMoves) {
            if (!processes()) {
                return false;
            }
            weight = newWeight;
            moves = newMoves;
            return true;
        }

        @Override
        public boolean changeRule(final DesiredRule desired) {
            if (processes()) {
                return false;
            }
            if (follows) {
                rule = desired.applyTo(rule, rule.epoch() + 1);
            }
            return true;
        }

        @Override
        public boolean beginCapture(final List<FlowKey> keys) {
            return !capturedElsewhere;
        }

        @Override
        public CaptureBatch captured() {
            return new CaptureBatch(
                    List.of(CapturedFrame.of("outside-in", 1_234, "", "", new byte[64])), 0);
        }

        @Override
        public void endCapture() {}
    }
}
