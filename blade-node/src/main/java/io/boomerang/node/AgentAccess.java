package io.boomerang.node;

import io.boomerang.announce.BucketTableUpdate;
import io.boomerang.announce.DesiredRule;
import io.boomerang.flow.FlowKey;
import io.boomerang.node.admin.CaptureBatch;
import io.boomerang.node.admin.FlowReport;
import io.boomerang.node.admin.NodeBusyException;
import io.boomerang.node.admin.NodeStatus;
import io.boomerang.node.admin.OperatedNode;
import io.boomerang.node.admin.SessionEntry;
import io.boomerang.node.admin.SessionQuery;
import io.boomerang.node.config.NodeConfig;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Puts what operators ask of a node to its thread. Any other thread.
final class AgentAccess implements OperatedNode {
    private final NodeConfig config;
    private final NodeAgent agent;

    AgentAccess(final NodeConfig config, final NodeAgent agent) {
        this.config = config;
        this.agent = agent;
    }

    @Override
    public NodeConfig config() {
        return config;
    }

    @Override
    public NodeStatus status() throws NodeBusyException, InterruptedException {
        return agent.ask((_, _) -> agent.status());
    }

    @Override
    public FlowReport explain(final FlowKey key) throws NodeBusyException, InterruptedException {
        return agent.ask((machine, nowNs) -> machine.explain(key, nowNs));
    }

    @Override
    public Optional<BucketTableUpdate> buckets() throws NodeBusyException, InterruptedException {
        return agent.ask((machine, _) -> machine.buckets());
    }

    @Override
    public boolean weigh(final int weight, final boolean moves)
            throws NodeBusyException, InterruptedException {
        return agent.ask((machine, nowNs) -> machine.weigh(weight, moves, agent.sender(), nowNs));
    }

    @Override
    public boolean changeRule(final DesiredRule desired)
            throws NodeBusyException, InterruptedException {
        return agent.ask((machine, nowNs) -> machine.changeRule(desired, nowNs));
    }

    @Override
    public boolean beginCapture(final List<FlowKey> keys)
            throws NodeBusyException, InterruptedException {
        return agent.ask((_, nowNs) -> {
            if (agent.meter().tap() != null) {
                return false;
            }
            agent.meter().setTap(agent.newTap(keys, nowNs));
            return true;
        });
    }

    @Override
    public CaptureBatch captured() throws NodeBusyException, InterruptedException {
        return agent.ask((_, nowNs) -> {
            final FrameTap tap = agent.meter().tap();
            return tap == null ? new CaptureBatch(List.of(), 0) : tap.take(nowNs);
        });
    }

    @Override
    public void endCapture() throws NodeBusyException, InterruptedException {
        final boolean _ =
                agent.ask((_, _) -> {
                    agent.meter().setTap(null);
                    return true;
                });
    }

    @Override
    public void sessions(final SessionQuery query, final Consumer<SessionEntry> to)
            throws NodeBusyException, InterruptedException {
        final SessionLister lister = agent.ask((machine, _) -> machine.sessions());
        long place = 0;
        while (place >= 0) {
            place =
                    lister.isOfNodeThread()
                            ? some(lister, place, query, to)
                            : list(lister, place, query, to);
        }
    }

    private long some(
            final SessionLister lister,
            final long first,
            final SessionQuery query,
            final Consumer<SessionEntry> to)
            throws NodeBusyException, InterruptedException {
        final List<SessionEntry> found = new ArrayList<>();
        final long next =
                agent.ask((_, nowNs) ->
                        lister.list(
                                first,
                                nowNs,
                                entry -> {
                                    if (query.accepts(entry)) {
                                        found.add(entry);
                                    }
                                }));
        found.forEach(to);
        return next;
    }

    private long list(
            final SessionLister lister,
            final long first,
            final SessionQuery query,
            final Consumer<SessionEntry> to)
            throws NodeBusyException {
        try {
            return lister.list(
                    first,
                    agent.nowNs(),
                    entry -> {
                        if (query.accepts(entry)) {
                            to.accept(entry);
                        }
                    });
        } catch (final IllegalStateException e) {
            if (agent.isAlive()) {
                throw e;
            }
            throw new NodeBusyException("the node has ended");
        }
    }
}
