package io.boomerang.sim.replay;

import io.boomerang.flow.DatagramKey;
import io.boomerang.flow.DatagramTable;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.ParsedPacket;
import io.boomerang.sim.capture.EthernetFraming;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/// Copies of the packets behind a fragment whose datagram's first fragment is still to come, in
/// their order. Bounded in number, bytes and capture time; when full, the packet at the head goes
/// its way without a flow. One thread.
final class LookAhead {
    static final int MAX_PACKETS = 1 << 16;
    static final long MAX_BYTES = 64L << 20;
    static final long MAX_WAIT_NS = DatagramTable.LIFETIME_NS;

    private final int maxPackets;
    private final long maxBytes;
    private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
    private final Map<DatagramKey, ArrayDeque<Waiting>> unresolved = new HashMap<>();
    private long bytes;

    LookAhead(final int maxPackets, final long maxBytes) {
        this.maxPackets = maxPackets;
        this.maxBytes = maxBytes;
    }

    /// A packet in the queue.
    static final class Waiting {
        private final long number;
        private final long timestampNs;
        private final int interfaceId;
        private final int linkType;
        private final EthernetFraming.Outcome framing;
        private final byte[] frame;
        private final int originalLength;
        private final @Nullable DatagramKey datagram;
        private final boolean isError;
        private boolean ready;
        private @Nullable FlowKey flow;
        private boolean sourceIsB;

        private Waiting(final SidedPacket packet, final boolean ready) {
            number = packet.number();
            timestampNs = packet.timestampNs();
            interfaceId = packet.interfaceId();
            linkType = packet.linkType();
            framing = packet.framing();
            frame =
                    packet.isFramed()
                            ? packet.segment()
                                    .asSlice(packet.offset(), packet.length())
                                    .toArray(ValueLayout.JAVA_BYTE)
                            : new byte[0];
            originalLength = packet.originalLength();
            final ParsedPacket parsed = packet.parsed();
            final boolean isFragment = packet.isFramed() && isFragment(parsed);
            datagram = isFragment ? parsed.datagram().copy() : null;
            isError = parsed.isIcmpError();
            this.ready = ready;
            if (isFragment && parsed.hasKey()) {
                flow = parsed.key().copy();
                sourceIsB = parsed.sourceIsB();
            }
        }

        /// Brings the packet back; its frame goes to the start of `buffer`.
        void writeTo(final SidedPacket into, final MemorySegment buffer) {
            MemorySegment.copy(frame, 0, buffer, ValueLayout.JAVA_BYTE, 0, frame.length);
            into.setOrigin(number, timestampNs, interfaceId, linkType, framing);
            into.setFrame(buffer, 0, frame.length, originalLength);
        }

        /// Gives a fragment that was parsed again the flow that was found for it.
        void resolve(final ParsedPacket parsed) {
            if (flow != null) {
                parsed.setResolved(flow, sourceIsB);
            }
        }
    }

    static boolean isFragment(final ParsedPacket parsed) {
        return switch (parsed.packetClass()) {
            case FRAGMENT, QUOTED_FRAGMENT -> true;
            case FLOW, BRIDGED, MALFORMED -> false;
        };
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    int size() {
        return queue.size();
    }

    boolean isHeadReady() {
        return queue.element().ready;
    }

    /// Copies a packet to the end of the queue. False when there is no room, or when the head would
    /// wait too long: then it has to go first. An empty queue takes every packet.
    ///
    /// @param ready whether everything is known about the packet that this queue waits for
    boolean offer(final SidedPacket packet, final boolean ready) {
        if (!queue.isEmpty() && isFull(packet)) {
            return false;
        }
        final Waiting waiting = new Waiting(packet, ready);
        queue.add(waiting);
        bytes += waiting.frame.length;
        if (!ready && waiting.datagram != null) {
            unresolved.computeIfAbsent(waiting.datagram, _ -> new ArrayDeque<>(2)).add(waiting);
        }
        return true;
    }

    private boolean isFull(final SidedPacket packet) {
        return queue.size() >= maxPackets
                || bytes + packet.length() > maxBytes
                || Math.abs(packet.timestampNs() - queue.element().timestampNs) > MAX_WAIT_NS;
    }

    /// A first fragment has come: all that waited for it have a flow now.
    void learn(final ParsedPacket first, final long nowNs) {
        if (unresolved.isEmpty() || !first.isFirstFragment() || !first.hasKey()) {
            return;
        }
        final ArrayDeque<Waiting> found = unresolved.remove(first.datagram());
        if (found == null) {
            return;
        }
        final FlowKey flow = first.key().copy();
        for (final Waiting waiting : found) {
            if (Math.abs(nowNs - waiting.timestampNs) <= MAX_WAIT_NS) {
                waiting.flow = flow;
                waiting.sourceIsB = first.sourceIsB() != waiting.isError;
            }
            waiting.ready = true;
        }
    }

    /// Takes the head out, ready or not.
    Waiting poll() {
        final Waiting head = queue.remove();
        bytes -= head.frame.length;
        if (!head.ready && head.datagram != null) {
            forget(head, head.datagram);
        }
        return head;
    }

    /// The head came first of all that wait for its datagram.
    private void forget(final Waiting head, final DatagramKey datagram) {
        final ArrayDeque<Waiting> same = unresolved.get(datagram);
        if (same != null && same.peek() == head) {
            same.remove();
            if (same.isEmpty()) {
                unresolved.remove(datagram);
            }
        }
    }
}
