package io.boomerang.cluster;

import org.jgroups.Address;
import org.jgroups.Message;
import org.jgroups.stack.Protocol;
import org.jgroups.util.MessageBatch;

/// Links that can be cut, each direction for itself: what comes over a cut one is lost before
/// anybody has seen it. One object is for one receiver, next to its transport.
final class CutLinks extends Protocol {
    private static final int NODES = 64;

    /// Bit `n` is set while nothing of node `n` arrives.
    private volatile long cut;

    /// @param senders bit `n` for node `n`, whose messages do not arrive from now on
    void cut(final long senders) {
        cut = senders;
    }

    private boolean isCut(final Address sender) {
        final Member member = MemberAddress.memberOf(sender);
        return member != null && member.node() < NODES && (cut & 1L << member.node()) != 0;
    }

    @Override
    public Object up(final Message message) {
        return isCut(message.getSrc()) ? message : up_prot.up(message);
    }

    @Override
    public void up(final MessageBatch batch) {
        if (!isCut(batch.sender())) {
            up_prot.up(batch);
        }
    }
}
