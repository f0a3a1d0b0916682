package io.boomerang.cluster;

import io.boomerang.link.LinkState;

import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.Event;
import org.jgroups.Message;
import org.jgroups.View;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.VERIFY_SUSPECT2;
import org.jgroups.stack.Protocol;
import org.jgroups.util.MessageBatch;
import org.jspecify.annotations.Nullable;

import java.util.Iterator;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/// The JGroups protocol next to the transport that takes messages around broken links: whatever is
/// above it sees a network in which every member reaches every other one, as long as there is a way
/// there and back over up to {@link LinkState#MAX_LINKS} links.
///
/// Members say hello to each other (see {@link ClusterLinks}). While all of them are heard, a
/// message passes for one look at a field. When one is not, messages to it go to another member
/// with a {@link RelayHeader}, that sends them on; a message to all becomes one to each. What
/// arrives looks as if it had come directly. Nothing is repeated or put in order here, JGroups does
/// so above. Where no way is known a message goes directly, as there is nothing to lose.
///
/// The question whether a suspected member is alive, and its answer, go directly and over up to
/// {@link #INDIRECT_PROBES} other members at once, so that nobody must know yet which link is
/// broken (as in SWIM: Das, Gupta, Motivala, 2002).
final class LinkRelay extends Protocol {
    static final int INDIRECT_PROBES = 3;

    /// Of all protocols in a JGroups process; those below 1,024 are JGroups' own.
    private static final short PROTOCOL_ID = 1_969;

    private static final short VERIFICATION_ID =
            ClassConfigurator.getProtocolId(VERIFY_SUSPECT2.class);

    /// How often it is looked whether a tick is due: that of the shortest interval.
    private static final long TIMER_MS =
            ClusterLinks.HELLO_INTERVAL_MS / LinkState.TICKS_PER_INTERVAL;

    private static final int MOST_LINKS = LinkState.MAX_LINKS - 1;

    private final ClusterLinks links;
    private final AtomicInteger turn = new AtomicInteger();
    private final int selfNode;
    private final LongAdder sentByRelay = new LongAdder();
    private final LongAdder relayed = new LongAdder();
    private final LongAdder cameByRelay = new LongAdder();
    private final LongAdder droppedTooFar = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private @Nullable Future<?> timer;

    static {
        ClassConfigurator.addProtocol(PROTOCOL_ID, LinkRelay.class);
        RelayHeader.register();
    }

    LinkRelay(final Member self, final Address address) {
        this(self, new ClusterLinks(self, address));
    }

    /// @param links of the same member
    LinkRelay(final Member self, final ClusterLinks links) {
        this.links = links;
        selfNode = self.node();
    }

    @Override
    public void start() throws Exception {
        super.start();
        timer =
                getTransport()
                        .getTimer()
                        .scheduleWithFixedDelay(
                                this::onTimer, TIMER_MS, TIMER_MS, TimeUnit.MILLISECONDS, false);
    }

    @Override
    public void stop() {
        if (timer != null) {
            timer.cancel(false);
        }
        super.stop();
    }

    private void onTimer() {
        for (final ClusterLinks.Hello hello : links.onTimer(System.nanoTime())) {
            down_prot.down(
                    new BytesMessage(hello.to(), hello.bytes())
                            .setFlag(Message.Flag.OOB)
                            .putHeader(id, RelayHeader.hello()));
        }
    }

    // Sending

    @Override
    public Object down(final Event event) {
        if (event.getType() == Event.VIEW_CHANGE) {
            final View view = event.getArg();
            links.onView(view.getMembers());
        }
        return down_prot.down(event);
    }

    @Override
    public @Nullable Object down(final Message message) {
        final Ways ways = links.ways();
        if (message.getType() == Message.EMPTY_MSG && message.getHeader(VERIFICATION_ID) != null) {
            probe(message, ways);
        }
        if (ways.isDirect()) {
            return down_prot.down(message);
        }
        final Address destination = message.getDest();
        if (destination == null) {
            sendToAll(message, ways);
            return null;
        }
        final Address relay = ways.detour(destination);
        if (relay == null) {
            return down_prot.down(message);
        }
        send(message, RelayHeader.TO_ONE, destination, relay, ways);
        return null;
    }

    /// Sends a question or an answer of the failure detection by way of others, too.
    private void probe(final Message message, final Ways ways) {
        final Address destination = message.getDest();
        if (destination != null && ways.node(destination) != null) {
            ways.relays(local_addr, destination, INDIRECT_PROBES, turn.getAndIncrement())
                    .forEach(relay -> send(message, RelayHeader.TO_ONE, destination, relay, ways));
        }
    }

    /// The transport would send to broken links as well, and wait for them.
    private void sendToAll(final Message message, final Ways ways) {
        for (final Address member : ways.view()) {
            if (ways.node(member) == null) {
                down_prot.down(message.copy(true, true).setDest(member));
            } else if (!member.equals(local_addr)
                    || !message.isFlagSet(Message.TransientFlag.DONT_LOOPBACK)) {
                final Address relay = ways.detour(member);
                send(message, RelayHeader.TO_ALL, member, relay == null ? member : relay, ways);
            }
        }
    }

    private void send(
            final Message message,
            final byte kind,
            final Address destination,
            final Address next,
            final Ways ways) {
        final Integer node = ways.node(destination);
        if (node != null) {
            final RelayHeader header =
                    RelayHeader.relayed(kind, selfNode, local_addr, node, destination, MOST_LINKS);
            down_prot.down(message.copy(true, true).setDest(next).putHeader(id, header));
            if (!next.equals(destination)) {
                sentByRelay.increment();
            }
        }
    }

    // Receiving

    @Override
    public @Nullable Object up(final Message message) {
        final RelayHeader header = message.getHeader(id);
        if (header == null || header.kind == RelayHeader.SPENT) {
            return up_prot.up(message);
        }
        take(header, message);
        return null;
    }

    @Override
    public void up(final MessageBatch batch) {
        for (final Iterator<Message> messages = batch.iterator(); messages.hasNext(); ) {
            final Message message = messages.next();
            final RelayHeader header = message.getHeader(id);
            if (header != null && header.kind != RelayHeader.SPENT) {
                messages.remove();
                take(header, message);
            }
        }
        if (!batch.isEmpty()) {
            up_prot.up(batch);
        }
    }

    private void take(final RelayHeader header, final Message message) {
        if (header.isRelayed()) {
            takeRelayed(header, message);
        } else if (header.kind == RelayHeader.HELLO && message.hasArray()) {
            links.onHello(
                    message.getSrc(), message.getArray(), message.getOffset(), message.getLength());
        } else {
            refused.increment();
        }
    }

    private void takeRelayed(final RelayHeader header, final Message message) {
        final Ways ways = links.ways();
        final Address from = message.getSrc();
        final Address origin = ways.address(header.originNode, header.originTag);
        final Address destination = ways.address(header.destinationNode, header.destinationTag);
        if (origin == null || destination == null || ways.node(from) == null) {
            refused.increment();
        } else if (destination.equals(local_addr)) {
            if (!from.equals(origin)) {
                cameByRelay.increment();
            }
            arrive(header, message, origin);
        } else if (header.linksLeft <= 0) {
            droppedTooFar.increment();
        } else {
            final Address relay = ways.detour(destination);
            relayed.increment();
            down_prot.down(
                    message.setSrc(local_addr)
                            .setDest(relay == null ? destination : relay)
                            .putHeader(id, header.onward()));
        }
    }

    private void arrive(final RelayHeader header, final Message message, final Address origin) {
        up_prot.up(
                message.setSrc(origin)
                        .setDest(header.kind == RelayHeader.TO_ALL ? null : local_addr)
                        .putHeader(id, RelayHeader.spent()));
    }

    /// What became of links and messages so far.
    LinkCounters counters() {
        return new LinkCounters(
                links.silentCount(),
                links.deafCount(),
                sentByRelay.sum(),
                relayed.sum(),
                cameByRelay.sum(),
                droppedTooFar.sum(),
                refused.sum() + links.hellosRefused(),
                links.hellosSent(),
                links.hellosReceived());
    }
}
