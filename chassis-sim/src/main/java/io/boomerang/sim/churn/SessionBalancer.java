package io.boomerang.sim.churn;

import io.boomerang.announce.SelectionPolicy;
import io.boomerang.announce.TcpPhase;
import io.boomerang.flow.FlowHash;
import io.boomerang.flow.FlowKey;
import io.boomerang.redirector.session.Origin;
import io.boomerang.redirector.session.SessionTable;
import io.boomerang.redirector.steering.BladeSelector;
import io.boomerang.redirector.steering.BucketAllocator;
import io.boomerang.redirector.steering.BucketTable;
import io.boomerang.redirector.steering.Ownership;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// The redirectors of one side: their session tables, ownership and buckets, as they run in a
/// chassis, with announcements that arrive at once at owner and backup. A flow is looked up when
/// its bucket moves, when a redirector dies and before it ends.
final class SessionBalancer implements Balancer, AutoCloseable {
    private static final int TCP = 6;
    private static final int PORT = 443;
    private static final int SERVICE = 0xC000_0201; // 192.0.2.1, RFC 5737
    private static final int FIRST_CLIENT = 0x0A00_0000;
    private static final int CONNECTIONS_PER_CLIENT = 1 << 14;
    private static final int FIRST_PORT = 1_024;

    /// Nobody refreshes leases here; shorter than half the lease clock's turn.
    private static final int LEASE_MS = 1_000_000_000;

    private static final long NOW_NS = 1;
    private static final int BUCKETS = 65_536;

    private final FlowHash flowHash;
    private final ServerPool servers;
    private final BladeSelector selector = new BladeSelector(SelectionPolicy.BUCKETS);
    private final List<SessionTable> tableByNode = new ArrayList<>();
    private final FlowLists flows;
    private final FlowKey key = new FlowKey();
    private final int[] connectionByFlow;
    private final int[] serverByFlow;
    private final int[] incarnationByFlow;

    private Ownership ownership;
    private BucketTable buckets;
    private int[] eligible;
    private int killed;
    private long lastFlowId;
    private long broken;
    private long moved;

    SessionBalancer(
            final FlowHash flowHash,
            final ServerPool servers,
            final int mostFlows,
            final int redirectors) {
        this.flowHash = flowHash;
        this.servers = servers;
        flows = new FlowLists(BUCKETS, mostFlows);
        connectionByFlow = new int[mostFlows];
        serverByFlow = new int[mostFlows];
        incarnationByFlow = new int[mostFlows];
        eligible = servers.listUp();
        buckets = BucketAllocator.allocate(null, weights(), BUCKETS);
        for (int node = 0; node < redirectors; node++) {
            tableByNode.add(new SessionTable(2 * mostFlows, flowHash::hash, this::stillMaps));
        }
        ownership = new Ownership(IntStream.rangeClosed(1, redirectors).toArray());
    }

    private boolean stillMaps(final long hash, final int server) {
        return buckets.bladeOf(hash) == server;
    }

    private SortedMap<Integer, Integer> weights() {
        final SortedMap<Integer, Integer> weights = new TreeMap<>();
        for (final int server : eligible) {
            weights.put(server, 1);
        }
        return weights;
    }

    /// The hash of a connection's key, the same for every balancer.
    static long hash(final FlowHash flowHash, final FlowKey key, final int connection) {
        setKey(key, connection);
        return flowHash.hash(key);
    }

    private static void setKey(final FlowKey key, final int connection) {
        key.setIpv4(
                TCP,
                FlowKey.KIND_PORTS,
                FIRST_CLIENT + connection / CONNECTIONS_PER_CLIENT,
                FIRST_PORT + connection % CONNECTIONS_PER_CLIENT,
                SERVICE,
                PORT,
                0);
    }

    @Override
    public void open(final int flow, final int connection, final long hash) {
        connectionByFlow[flow] = connection;
        flows.add(buckets.bucketOf(hash), flow);
        setKey(key, connection);
        assign(flow, hash, select(hash));
    }

    private int select(final long hash) {
        return selector.select(hash, buckets, eligible, eligible.length, _ -> 0);
    }

    private void assign(final int flow, final long hash, final int server) {
        serverByFlow[flow] = server;
        incarnationByFlow[flow] = servers.incarnation(server);
        lastFlowId++;
        install(ownership.owner(hash), flow, hash);
        final int backup = ownership.backup(hash);
        if (backup != 0) {
            install(backup, flow, hash);
        }
    }

    private void install(final int node, final int flow, final long hash) {
        tableByNode
                .get(node - 1)
                .install(
                        key,
                        hash,
                        Origin.ANNOUNCED,
                        lastFlowId,
                        serverByFlow[flow],
                        incarnationByFlow[flow],
                        0,
                        LEASE_MS,
                        TcpPhase.ESTABLISHED,
                        NOW_NS);
    }

    @Override
    public void close(final int flow) {
        steer(flow);
        final long hash = hash(flowHash, key, connectionByFlow[flow]);
        flows.remove(buckets.bucketOf(hash), flow);
        forget(ownership.owner(hash), hash);
        final int backup = ownership.backup(hash);
        if (backup != 0) {
            forget(backup, hash);
        }
    }

    private void forget(final int node, final long hash) {
        final SessionTable table = tableByNode.get(node - 1);
        final long slot = table.find(key, hash);
        if (slot != SessionTable.NONE) {
            table.close(
                    key,
                    hash,
                    table.flowId(slot),
                    table.blade(slot),
                    table.version(slot),
                    table.incarnation(slot),
                    NOW_NS);
        }
    }

    @Override
    public void serversChanged() {
        eligible = servers.listUp();
        final BucketTable next = BucketAllocator.allocate(buckets, weights(), BUCKETS);
        final BucketTable last = buckets;
        buckets = next;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            if (next.bladeOfBucket(bucket) != last.bladeOfBucket(bucket)) {
                flows.forEach(bucket, this::steer);
            }
        }
    }

    /// One of the redirectors is gone with all that it knew; not the last one.
    void killRedirector() {
        killed++;
        ownership = new Ownership(IntStream.rangeClosed(killed + 1, tableByNode.size()).toArray());
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            flows.forEach(bucket, this::steer);
        }
    }

    /// Where the flow's next packet goes.
    private void steer(final int flow) {
        final long hash = hash(flowHash, key, connectionByFlow[flow]);
        final SessionTable table = tableByNode.get(ownership.owner(hash) - 1);
        final long slot = table.find(key, hash);
        final boolean isKnown =
                slot != SessionTable.NONE
                        && table.isLive(slot, NOW_NS)
                        && servers.isStillUp(table.blade(slot), table.incarnation(slot));
        final int server = isKnown ? table.blade(slot) : select(hash);
        if (!servers.isStillUp(serverByFlow[flow], incarnationByFlow[flow])) {
            moved++;
            assign(flow, hash, server);
        } else if (server != serverByFlow[flow]) {
            broken++;
            assign(flow, hash, server);
        }
    }

    @Override
    public long broken() {
        return broken;
    }

    /// Flows that went on elsewhere because their server had gone.
    long moved() {
        return moved;
    }

    @Override
    public void close() {
        tableByNode.forEach(SessionTable::close);
    }
}
