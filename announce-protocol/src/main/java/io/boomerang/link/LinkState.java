package io.boomerang.link;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Which members of the chassis hear which, as far as this node knows, and by whom each of them is
/// reached.
///
/// Every node says hello to every other one at an interval. A hello tells whom its sender does not
/// hear, and the same of each node that its receiver does not hear, or may not. So what a node says
/// of itself comes, link by link, to everyone to whom any way leads; and a node knows a way to each
/// node from which a way leads back. A link counts as broken when its receiver says so, or when
/// nothing has come of its receiver for {@link #NEWS_TICKS}; a member that is new is thought to
/// hear and to be heard.
///
/// Time is counted in ticks, {@value #TICKS_PER_INTERVAL} to an interval: time in which nobody
/// called {@link #tick} did not pass, so a node that stood still does not think that all others
/// did. One thread owns it. Only {@link #onHeard} and {@link #nextHop} are for the packet path.
public final class LinkState {
    /// Ways over more links than this are not taken.
    public static final int MAX_LINKS = 8;

    public static final int TICKS_PER_INTERVAL = 4;

    /// A node from which nothing has come for three intervals is not heard.
    public static final int SILENCE_TICKS = 3 * TICKS_PER_INTERVAL;

    /// What a node said of itself counts for five intervals: it may come by way of others, each of
    /// which passes it on with its own next hello.
    public static final int NEWS_TICKS = 5 * TICKS_PER_INTERVAL;

    private final int self;
    private final int words;
    private final Routes routes;
    private final Peer[] peers;
    private final boolean[] heard;

    private final Peer own;
    private Peer[] members;
    private long tick;
    private long helloTick = -TICKS_PER_INTERVAL;
    private boolean haveLinksChanged;
    private boolean isNewsToTell;
    private int waysFound;
    private long refusedHellos;
    private long refusedRecords;

    /// @param incarnation of this node, 0 to 65,535
    /// @param maxNode the largest node id there can be
    @SuppressWarnings("NullAway") // peers that are no members are null, as isMember tells
    public LinkState(final int self, final int incarnation, final int maxNode) {
        this.self = self;
        words = (maxNode >>> 6) + 1;
        routes = new Routes(self, maxNode);
        peers = new Peer[maxNode + 1];
        heard = new boolean[maxNode + 1];
        own = new Peer(self, incarnation, words, 0);
        members = new Peer[] {own};
        peers[self] = own;
        routes.compute(members);
    }

    /// The members of the chassis have changed. This node is always one.
    ///
    /// @param nodes their ids
    /// @param incarnations of each of them
    @SuppressWarnings("NullAway") // as above
    public void onMembers(final int[] nodes, final int[] incarnations) {
        final Peer[] before = peers.clone();
        Arrays.fill(peers, null);
        peers[self] = own;
        for (int i = 0; i < nodes.length; i++) {
            final int node = nodes[i];
            if (node != self) {
                final Peer old = before[node];
                peers[node] =
                        old != null && old.incarnation == incarnations[i]
                                ? old
                                : new Peer(node, incarnations[i], words, tick);
                heard[node] = false;
                setSilent(node, peers[node].isSilent);
            }
        }
        members = Arrays.stream(peers).filter(peer -> peer != null).toArray(Peer[]::new);
        for (int node = 1; node < peers.length; node++) {
            if (peers[node] == null) {
                setSilent(node, false);
            }
        }
        haveLinksChanged = true;
        recompute();
    }

    public boolean isMember(final int node) {
        return node > 0 && node < peers.length && peers[node] != null;
    }

    /// The neighbour to whom a frame for `node` goes: the node itself where that hears this one; 0
    /// when there is no way, or no such member.
    public int nextHop(final int node) {
        return node > 0 && node < peers.length ? routes.nextHop(node) : 0;
    }

    /// Something has come from a member, directly.
    public void onHeard(final int node) {
        heard[node] = true;
    }

    /// Lets a quarter of an interval pass.
    public void tick() {
        tick++;
        for (final Peer peer : members) {
            if (peer != own) {
                age(peer);
            }
        }
        recompute();
    }

    private void age(final Peer peer) {
        if (heard[peer.node]) {
            heard[peer.node] = false;
            peer.heardTick = tick;
        }
        final boolean isSilent = tick - peer.heardTick > SILENCE_TICKS;
        if (isSilent != peer.isSilent) {
            peer.isSilent = isSilent;
            setSilent(peer.node, isSilent);
            isNewsToTell = true;
        }
        if (!peer.isQuiet && tick - peer.newsTick > SILENCE_TICKS) {
            peer.isQuiet = true;
            isNewsToTell = true; // it may hear less than we think
        }
        if (!peer.isLost && tick - peer.newsTick > NEWS_TICKS) {
            peer.isLost = true;
            haveLinksChanged = true;
        }
    }

    private void setSilent(final int node, final boolean isSilent) {
        if (isSilent) {
            own.silent[node >>> 6] |= 1L << node;
        } else {
            own.silent[node >>> 6] &= ~(1L << node);
        }
    }

    private void recompute() {
        if (haveLinksChanged) {
            haveLinksChanged = false;
            routes.compute(members);
            waysFound++;
        }
    }

    /// Grows whenever {@link #nextHop} may answer something else than before.
    public int waysFound() {
        return waysFound;
    }

    // Hellos

    /// How far apart a node's hellos are in a chassis of so many: as far as wanted, or as its limit
    /// of hellos to send in a second demands.
    public static int intervalMs(final int wantedMs, final int nodes, final int hellosPerSecond) {
        return Math.max(wantedMs, nodes * 1_000 / hellosPerSecond);
    }

    /// Whether it is time to say hello to everyone: after an interval, or at once when there is
    /// news. If so, the hellos that are written next are of this moment.
    public boolean isHelloDue() {
        if (!isNewsToTell && tick - helloTick < TICKS_PER_INTERVAL) {
            return false;
        }
        isNewsToTell = false;
        helloTick = tick;
        own.sequence++;
        return true;
    }

    /// Whom hellos go to, in ascending order; 0 when there is nobody behind `node`.
    public int memberAfter(final int node) {
        for (int next = node + 1; next < peers.length; next++) {
            if (next != self && peers[next] != null) {
                return next;
            }
        }
        return 0;
    }

    /// Writes a hello for a member and answers its length, at most {@link HelloCodec#MAX_BYTES}.
    /// What finds no room comes with the next one.
    public int writeHello(final int member, final MemorySegment segment, final long offset) {
        return HelloCodec.write(members, own, peers[member], segment, offset);
    }

    /// Takes in a hello that came from a member directly; false, and nothing is taken in, when it
    /// is malformed.
    public boolean readHello(
            final int from, final MemorySegment segment, final long offset, final int length) {
        if (!HelloCodec.isWellFormed(from, words, segment, offset, length)) {
            refusedHellos++;
            return false;
        }
        long at = offset;
        while (at < offset + length) {
            take(segment, at);
            at += HelloCodec.recordBytes(segment, at);
        }
        recompute();
        return true;
    }

    private void take(final MemorySegment segment, final long at) {
        final int node = HelloCodec.node(segment, at);
        if (node == self) {
            return;
        }
        if (!isMember(node) || peers[node].incarnation != HelloCodec.incarnation(segment, at)) {
            refusedRecords++;
            return;
        }
        final Peer peer = peers[node];
        final int sequence = HelloCodec.sequence(segment, at);
        if (peer.known && sequence - peer.sequence <= 0) {
            return; // older, or heard before by another way
        }
        peer.known = true;
        peer.sequence = sequence;
        peer.newsTick = tick;
        peer.isQuiet = false;
        final boolean isOther = HelloCodec.copySilent(segment, at, peer.silent);
        if (isOther || peer.isLost) {
            peer.isLost = false;
            haveLinksChanged = true;
            isNewsToTell = true;
        }
    }

    /// Members that this node does not hear.
    public int silentCount() {
        int count = 0;
        for (final long word : own.silent) {
            count += Long.bitCount(word);
        }
        return count;
    }

    /// Members that do not hear this node, as they say.
    public int deafCount() {
        int count = 0;
        for (final Peer peer : members) {
            if (peer != own && !peer.isLost && !peer.hears(self)) {
                count++;
            }
        }
        return count;
    }

    /// Hellos that were malformed.
    public long refusedHellos() {
        return refusedHellos;
    }

    /// What was said of nodes that are no members.
    public long refusedRecords() {
        return refusedRecords;
    }
}
