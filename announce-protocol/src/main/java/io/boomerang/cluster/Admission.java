package io.boomerang.cluster;

import org.jgroups.Address;
import org.jgroups.Message;
import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Decides who of a JGroups view is a member of the chassis, and lets nobody's message in before
/// the view that brings him.
///
/// JGroups may deliver the message of a member who has joined before this node has heard of it;
/// such messages wait here, at most {@link #MAX_EARLY_MESSAGES} of together {@link
/// #MAX_EARLY_BYTES}, until the view has been shown to the listener. Those of members who have left
/// and of such as are no members are counted and dropped.
///
/// Of two with the same node id the one who joined first is the member; and the cluster parameters
/// of whoever joined first are the law.
final class Admission {
    static final int NOT_YET = 0;
    static final int MAX_EARLY_MESSAGES = 1_024;
    static final int MAX_EARLY_BYTES = 4 << 20;

    private static final int MAX_STRANGERS = 1_024;

    private final Member self;
    private final Address selfAddress;

    /// Replaced as a whole; read without the lock.
    private volatile Map<Address, Integer> nodeByAddress = Map.of();

    private volatile Map<Integer, Address> addressByNode = Map.of();
    private volatile List<Member> members = List.of();

    /// All below is guarded by `this`.
    private Map<Address, Integer> nextNodeByAddress = Map.of();

    private final Set<Address> strangers = new LinkedHashSet<>();
    private final Deque<Early> early = new ArrayDeque<>();
    private int earlyBytes;
    private long messagesOfStrangers;

    /// A message whose sender is not in the view yet.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Early(Address source, byte[] bytes) {}

    Admission(final Member self, final Address selfAddress) {
        this.self = self;
        this.selfAddress = selfAddress;
    }

    /// Takes the members of a new view, in the order in which they joined. Answers why this node is
    /// not one of them; null when it is. Messages go out to them at once, and come in from them
    /// after {@link #release}.
    synchronized @Nullable String admit(final List<Address> joinOrder) {
        final Map<Integer, Member> admitted = new LinkedHashMap<>();
        final Map<Integer, Address> addresses = new HashMap<>();
        final Map<Address, Integer> nodes = new HashMap<>();
        final Set<Address> refused = new LinkedHashSet<>(nextNodeByAddress.keySet());
        String reason = self.name() + " is not in the view";
        for (final Address address : joinOrder) {
            final Member member = MemberAddress.memberOf(address);
            final String objection =
                    member == null ? "tells no member" : objectionTo(member, admitted);
            if (member != null && objection == null) {
                admitted.put(member.node(), member);
                addresses.put(member.node(), address);
                nodes.put(address, member.node());
                refused.remove(address);
                strangers.remove(address);
            } else {
                refused.add(address);
            }
            if (address.equals(selfAddress)) {
                reason = objection;
            }
        }
        refused.forEach(this::addStranger);
        nextNodeByAddress = nodes;
        addressByNode = addresses;
        members = admitted.values().stream().sorted(Comparator.comparingInt(Member::node)).toList();
        return reason;
    }

    /// A node id is told first, then what those who joined earlier do not share with the member.
    private static @Nullable String objectionTo(
            final Member member, final Map<Integer, Member> admitted) {
        final Member sameNode = admitted.get(member.node());
        if (sameNode != null) {
            return JoinRefusedException.reasonToRefuse(member, sameNode);
        }
        for (final Member earlier : admitted.values()) {
            final String reason = JoinRefusedException.reasonToRefuse(member, earlier);
            if (reason != null) {
                return reason;
            }
        }
        return null;
    }

    private void addStranger(final Address address) {
        strangers.add(address);
        if (strangers.size() > MAX_STRANGERS) {
            strangers.remove(strangers.iterator().next());
        }
    }

    /// Hands over what came early from those who are members now, and lets their messages in.
    synchronized void release(final ClusterListener listener) {
        for (int waiting = early.size(); waiting > 0; waiting--) {
            final Early message = early.remove();
            final Integer node = nextNodeByAddress.get(message.source);
            if (node != null) {
                earlyBytes -= message.bytes.length;
                listener.onMessage(node, message.bytes, 0, message.bytes.length);
            } else if (strangers.contains(message.source)) {
                earlyBytes -= message.bytes.length;
                messagesOfStrangers++;
            } else {
                early.add(message);
            }
        }
        nodeByAddress = nextNodeByAddress;
    }

    /// The node that sent the message; {@link #NOT_YET} when the message is not to be looked at
    /// now: it comes with {@link #release}, or never.
    int nodeOf(final Message message) {
        final Address source = message.getSrc();
        final Integer node = nodeByAddress.get(source);
        return node != null ? node : keep(source, message);
    }

    private synchronized int keep(final Address source, final Message message) {
        final Integer node = nodeByAddress.get(source);
        if (node != null) {
            return node;
        }
        final int length = message.getLength();
        if (strangers.contains(source)
                || early.size() == MAX_EARLY_MESSAGES
                || earlyBytes + length > MAX_EARLY_BYTES) {
            messagesOfStrangers++;
            return NOT_YET;
        }
        final int offset = message.getOffset();
        early.add(
                new Early(source, Arrays.copyOfRange(message.getArray(), offset, offset + length)));
        earlyBytes += length;
        return NOT_YET;
    }

    /// Where to send what is for this node; null when it is no member.
    @Nullable Address addressOf(final int node) {
        return addressByNode.get(node);
    }

    /// Ordered by node.
    List<Member> members() {
        return members;
    }

    synchronized long messagesOfStrangers() {
        return messagesOfStrangers;
    }
}
