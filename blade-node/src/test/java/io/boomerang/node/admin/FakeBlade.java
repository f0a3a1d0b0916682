package io.boomerang.node.admin;

import io.boomerang.announce.BucketTableUpdate;
import io.boomerang.announce.DesiredRule;
import io.boomerang.announce.SelectionPolicy;
import io.boomerang.announce.SteeringRule;
import io.boomerang.announce.TcpPhase;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.Member;
import io.boomerang.cluster.Member.Role;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.FlowText;
import io.boomerang.node.config.NodeConfig;
import io.boomerang.node.config.OutsideInterface;
import io.boomerang.redirector.session.Origin;
import io.boomerang.redirector.steering.Explanation;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/// A blade with a redirector and a processor that answer what they were told to.
final class FakeBlade implements OperatedBlade {
    static final FlowKey FLOW = FlowText.parse("tcp 10.1.0.2:4711 10.2.0.1:80");

    final List<String> asked = new ArrayList<>();
    boolean busy;

    /// After so many questions for its status the processor drains.
    int drainsAfter = Integer.MAX_VALUE;

    private int statusCount;
    private boolean capturing;
    int weight = 100;
    boolean moves;
    int killed;
    SteeringRule rule = new SteeringRule(5, SelectionPolicy.POWER_OF_TWO, null);

    private final class Node implements OperatedNode {
        private final NodeConfig config;

        Node(final int node, final String name, final Role role) {
            final InetSocketAddress nowhere =
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
            config =
                    new NodeConfig(
                            node,
                            name,
                            "slot-2",
                            role,
                            nowhere,
                            nowhere,
                            OutsideInterface.NONE,
                            0,
                            0);
        }

        private void ask(final String question) throws NodeBusyException {
            if (busy) {
                throw new NodeBusyException("the node is too busy");
            }
            asked.add(config.name() + " " + question);
        }

        @Override
        public NodeConfig config() {
            return config;
        }

        @Override
        public NodeStatus status() throws NodeBusyException {
            ask("status");
            final Member self = new Member(config.node(), config.name(), config.role(), 7, 0x1234);
            statusCount++;
            final Measurements measured =
                    new Measurements()
                            .add(Metric.UPTIME, 1.5)
                            .add(Metric.DROPS, "no-\"blade\"\\", 3)
                            .add(Metric.FRAMES, "outside-in", 9_007_199_254_740_993L)
                            .add(Metric.DROPS, "no-path", 4);
            if (statusCount > 2) {
                measured.add(Metric.PEER_FRAMES, "slot-2-processor", 100L * statusCount);
            }
            final boolean drains = statusCount > drainsAfter && config.role() == Role.BLADE;
            return new NodeStatus(
                    self,
                    drains ? NodeStatus.State.DRAINING : NodeStatus.State.RUNNING,
                    weight,
                    rule,
                    true,
                    1_000L + 500L * statusCount,
                    new ClusterView(3, List.of(self)),
                    measured);
        }

        @Override
        public FlowReport explain(final FlowKey key) throws NodeBusyException {
            ask("explain " + key);
            return config.role() == Role.BLADE
                    ? new FlowReport.OfProcessor(null)
                    : new FlowReport.OfRedirector(
                            new Explanation(
                                    config.name(),
                                    new Explanation.KnownSession(
                                            0xABCL,
                                            3,
                                            2,
                                            5,
                                            Origin.ANNOUNCED,
                                            TcpPhase.ESTABLISHED,
                                            true),
                                    17,
                                    3,
                                    1_025,
                                    1,
                                    0));
        }

        @Override
        public void sessions(final SessionQuery query, final Consumer<SessionEntry> to)
                throws NodeBusyException {
            ask("sessions " + query);
            for (int version = 0; version < 3; version++) {
                to.accept(
                        new SessionEntry(
                                FLOW,
                                FLOW,
                                3,
                                0xABCL,
                                2,
                                version,
                                TcpPhase.ESTABLISHED,
                                "announced",
                                true,
                                1_000));
            }
        }

        @Override
        public Optional<BucketTableUpdate> buckets() throws NodeBusyException {
            if (config.role() == Role.BLADE) {
                return Optional.empty();
            }
            ask("buckets");
            final TreeMap<Integer, Integer> weights = new TreeMap<>();
            weights.put(3, 50);
            return Optional.of(new BucketTableUpdate(1_025, new short[] {3, 3, 3, 3}, weights));
        }

        @Override
        public boolean beginCapture(final List<FlowKey> keys) throws NodeBusyException {
            ask("capture " + keys);
            final boolean begins = !capturing;
            capturing = config.role() == Role.BLADE || capturing;
            return begins;
        }

        @Override
        public CaptureBatch captured() throws NodeBusyException {
            ask("captured");
            return new CaptureBatch(
                    List.of(
                            CapturedFrame.of(
                                    "outside-in", 1_234, "", "", new byte[] {1, 2, (byte) 0xFF})),
                    5);
        }

        @Override
        public void endCapture() throws NodeBusyException {
            ask("end");
            capturing = false;
        }

        @Override
        public boolean weigh(final int newWeight, final boolean newMoves) throws NodeBusyException {
            if (config.role() != Role.BLADE) {
                return false;
            }
            ask("weigh " + newWeight);
            weight = newWeight;
            moves = newMoves;
            return true;
        }

        @Override
        public boolean changeRule(final DesiredRule desired) throws NodeBusyException {
            if (config.role() == Role.BLADE) {
                return false;
            }
            ask("rule");
            rule = desired.applyTo(rule, rule.epoch() + 1);
            return true;
        }
    }

    private final List<OperatedNode> nodes =
            List.of(
                    new Node(1, "slot-2-redirector", Role.INGRESS_REDIRECTOR),
                    new Node(3, "slot-2-processor", Role.BLADE));

    @Override
    public String name() {
        return "slot-2";
    }

    @Override
    public List<OperatedNode> nodes() {
        return nodes;
    }

    @Override
    public void kill() {
        killed++;
    }
}
