package io.boomerang.sim.handoff;

import io.boomerang.backplane.Backplane;
import io.boomerang.backplane.Purpose;
import io.boomerang.backplane.SteeringHeader;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/// A backplane between the nodes of a run. Datagrams of transfers get lost, repeated, reordered and
/// changed as often as the plan says; frames are lost, repeated and reordered less often, and not
/// changed: what TCP stands is tried elsewhere.
final class MoveNetwork {
    private static final int SLOW = 100;
    private static final int FRAME_FAULTS_SHARE = 8;
    private static final int MAX_DATAGRAM = 1 << 16;

    private final Schedule schedule;
    private final SplittableRandom random;
    private final long delayNs;
    private final int faultPercent;
    private final Receiver receiver;
    private final SteeringHeader header = new SteeringHeader();

    /// Hears what arrives.
    interface Receiver {
        void onDatagram(int from, int to, MemorySegment datagram, int length);
    }

    /// @param delayNs from node to node
    MoveNetwork(
            final Schedule schedule,
            final SplittableRandom random,
            final long delayNs,
            final int faultPercent,
            final Receiver receiver) {
        this.schedule = schedule;
        this.random = random;
        this.delayNs = delayNs;
        this.faultPercent = faultPercent;
        this.receiver = receiver;
    }

    Backplane connect(final int node) {
        return new Connection(node);
    }

    private void send(final int from, final int to, final byte[] bytes) {
        final MemorySegment segment = MemorySegment.ofArray(bytes);
        final boolean isTransfer =
                header.decode(segment, 0, bytes.length) && header.purpose() == Purpose.TRANSFER;
        final int share = isTransfer ? 1 : FRAME_FAULTS_SHARE;
        if (fails(share)) {
            return;
        }
        for (int copies = fails(share) ? 2 : 1; copies > 0; copies--) {
            final byte[] copy = bytes.clone();
            if (isTransfer && fails(share)) {
                final int at =
                        header.headerLength()
                                + random.nextInt(bytes.length - header.headerLength());
                copy[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
            }
            final int slowness = fails(share) ? 1 + random.nextInt(SLOW) : 1;
            schedule.after(
                    delayNs * slowness,
                    () -> receiver.onDatagram(from, to, MemorySegment.ofArray(copy), copy.length));
        }
    }

    private boolean fails(final int share) {
        return random.nextInt(100 * share) < faultPercent;
    }

    private final class Connection implements Backplane {
        private final int node;
        private final MemorySegment outbound = MemorySegment.ofArray(new byte[MAX_DATAGRAM]);
        private int to;
        private int length;

        Connection(final int node) {
            this.node = node;
        }

        @Override
        public long claim(final int toNode, final int newLength) {
            to = toNode;
            length = newLength;
            return newLength > MAX_DATAGRAM ? -1 : 0;
        }

        @Override
        public MemorySegment buffer() {
            return outbound;
        }

        @Override
        public void commit() {
            send(node, to, outbound.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
        }
    }
}
