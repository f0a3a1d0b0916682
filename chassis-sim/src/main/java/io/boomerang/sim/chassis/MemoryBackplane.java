package io.boomerang.sim.chassis;

import io.boomerang.backplane.Backplane;
import io.boomerang.backplane.InMemoryBackplane;

/// A backplane that takes no time and loses nothing but what finds no room.
public final class MemoryBackplane implements ChassisBackplane {
    private static final int BYTES = 1 << 25;
    private static final int BURST = 256;

    private final InMemoryBackplane backplane = new InMemoryBackplane(BYTES);

    @Override
    public Backplane connect(final int node, final Backplane.Receiver receiver) {
        return backplane.connect(node, receiver);
    }

    @Override
    public void disconnect(final int node) {
        backplane.disconnect(node);
    }

    @Override
    public void setTap(final InMemoryBackplane.Tap tap) {
        backplane.setTap(tap);
    }

    @Override
    public int deliverDue(final long nowNs) {
        int delivered = 0;
        int burst;
        do {
            burst = backplane.poll(BURST);
            delivered += burst;
        } while (burst > 0);
        return delivered;
    }

    @Override
    public long nextDueNs() {
        return Long.MAX_VALUE;
    }

    @Override
    public void close() {
        backplane.close();
    }
}
