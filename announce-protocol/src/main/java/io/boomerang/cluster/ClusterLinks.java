package io.boomerang.cluster;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.boomerang.link.HelloCodec;
import io.boomerang.link.LinkState;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.jgroups.Address;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// The link state of a member of the cluster: what {@link LinkState} knows by node, for those who
/// speak of addresses.
///
/// JGroups' threads and a timer call it, one at a time behind a lock; messages only look at {@link
/// #ways}, which is replaced as a whole. A member that does not know of hellos, because it is of
/// the first release, is outside of all this: it is reached directly, and relays nothing.
final class ClusterLinks {
    private static final Logger LOG = LogManager.getLogger(ClusterLinks.class);

    /// Members that read this format of control messages also say hello.
    static final int FIRST_FORMAT = 2;

    static final int HELLO_INTERVAL_MS = 100;

    /// What one member sends, and receives, at the most while no link changes.
    static final int HELLOS_PER_SECOND = 250;

    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

    private final String name;
    private final Address self;
    private final int selfNode;
    private final boolean takesPart;

    private volatile Ways ways = Ways.NONE;

    /// All below is guarded by `this`.
    private final LinkState links;

    private final MemorySegment segment = MemorySegment.ofArray(new byte[HelloCodec.MAX_BYTES]);
    private int waysFound;
    private long tickNs = tickNs(1);
    private long lastTickNs;
    private boolean hasTicked;
    private long hellosSent;
    private long hellosReceived;
    private long hellosRefused;

    /// A hello that is to be sent.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Hello(Address to, byte[] bytes) {}

    ClusterLinks(final Member member, final Address self) {
        name = member.name();
        this.self = self;
        selfNode = member.node();
        takesPart = member.formats().newest() >= FIRST_FORMAT;
        links = new LinkState(selfNode, incarnation(self), Member.MAX_NODE);
    }

    /// A node that starts again has another address, whatever it says its incarnation is.
    private static int incarnation(final Address address) {
        return Short.toUnsignedInt(RelayHeader.tag(address));
    }

    private static long tickNs(final int nodes) {
        return LinkState.intervalMs(HELLO_INTERVAL_MS, nodes, HELLOS_PER_SECOND)
                * MS
                / LinkState.TICKS_PER_INTERVAL;
    }

    /// Whom this member reaches over whom. For any thread.
    Ways ways() {
        return ways;
    }

    /// There is a new view, in the order in which its members joined: of two with the same node id
    /// the first one counts.
    synchronized void onView(final List<Address> view) {
        final SortedMap<Integer, Address> addresses = new TreeMap<>();
        for (final Address address : view) {
            final Member member = MemberAddress.memberOf(address);
            if (member != null && member.formats().newest() >= FIRST_FORMAT) {
                addresses.putIfAbsent(member.node(), address);
            }
        }
        if (!takesPart || !self.equals(addresses.get(selfNode))) {
            addresses.clear();
        }
        final Ways direct = Ways.direct(view, addresses);
        links.onMembers(
                direct.nodes(),
                addresses.values().stream().mapToInt(ClusterLinks::incarnation).toArray());
        tickNs = tickNs(addresses.size());
        findDetours(direct);
    }

    /// Does what is due, and answers the hellos to send.
    synchronized List<Hello> onTimer(final long nowNs) {
        if (hasTicked && nowNs - lastTickNs < tickNs) {
            return List.of();
        }
        hasTicked = true;
        lastTickNs = nowNs;
        links.tick();
        findDetours(ways);
        return links.isHelloDue() ? hellos() : List.of();
    }

    private List<Hello> hellos() {
        final List<Hello> hellos = new ArrayList<>();
        for (int node = links.memberAfter(0); node != 0; node = links.memberAfter(node)) {
            final Address to = ways.address(node);
            if (to != null) {
                final int length = links.writeHello(node, segment, 0);
                hellos.add(new Hello(to, segment.asSlice(0, length).toArray(JAVA_BYTE)));
            }
        }
        hellosSent += hellos.size();
        return hellos;
    }

    /// A hello has come from a member directly.
    synchronized void onHello(
            final Address from, final byte[] hello, final int offset, final int length) {
        final Integer node = ways.node(from);
        if (node == null || node == selfNode) {
            hellosRefused++;
            return;
        }
        links.onHeard(node);
        if (links.readHello(node, MemorySegment.ofArray(hello), offset, length)) {
            hellosReceived++;
            findDetours(ways);
        } else {
            hellosRefused++;
        }
    }

    private void findDetours(final Ways members) {
        if (waysFound == links.waysFound()) {
            return;
        }
        waysFound = links.waysFound();
        final Map<Address, Address> detours = new HashMap<>();
        for (final int node : members.nodes()) {
            final int next = links.nextHop(node);
            final Address destination = members.address(node);
            final Address relay = members.address(next);
            if (next != node && destination != null && relay != null) {
                detours.put(destination, relay);
            }
        }
        if (!detours.equals(ways.detours())) {
            LOG.info("member={} by_relay={}", name, detours);
        }
        ways = members.by(detours);
    }

    /// Members that this one does not hear.
    synchronized int silentCount() {
        return links.silentCount();
    }

    /// Members that do not hear this one, as they say.
    synchronized int deafCount() {
        return links.deafCount();
    }

    synchronized long hellosSent() {
        return hellosSent;
    }

    synchronized long hellosReceived() {
        return hellosReceived;
    }

    /// Hellos that were malformed, or came from outside the view.
    synchronized long hellosRefused() {
        return hellosRefused;
    }
}
