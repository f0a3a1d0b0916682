package io.boomerang.sim.measure;

import io.boomerang.announce.TcpPhase;
import io.boomerang.blade.session.StoredMarker;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;
import io.boomerang.sim.traffic.TupleFrames;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The connections whose sessions a joining redirector pulls, and those that begin meanwhile: one
/// of each client.
final class PulledFlows {
    private static final int ACK = 0x10;
    private static final int SYN = 0x02;
    private static final int CLIENT = 0x0A00_0000;
    private static final int NEW_CLIENT = 0x0B00_0000;
    private static final int CLIENT_PORT = 40_000;
    private static final int SERVER = 0xC633_6401;
    private static final int SERVER_PORT = 443;
    private static final long LIFE_MS = TimeUnit.HOURS.toMillis(1);

    private final TupleFrames frames = new TupleFrames();

    /// Every `blades`th of so many connections, as the blade with this number has them.
    static List<StoredMarker> ofBlade(final int number, final int blades, final int connections) {
        final PulledFlows flows = new PulledFlows();
        final long expiresMs = System.currentTimeMillis() + LIFE_MS;
        final List<StoredMarker> markers = new ArrayList<>();
        for (int i = number - 1; i < connections; i += blades) {
            flows.writeOld(i);
            final FlowKey key = flows.frames.key().copy();
            final boolean clientIsB = flows.frames.sourceIsB();
            markers.add(
                    new StoredMarker(
                            key,
                            key,
                            i + 1L,
                            0,
                            TcpPhase.ESTABLISHED,
                            Side.INGRESS,
                            false,
                            clientIsB,
                            clientIsB,
                            true,
                            false,
                            false,
                            expiresMs));
        }
        return markers;
    }

    /// A segment of a connection that there is.
    void writeOld(final int connection) {
        write(CLIENT + connection, ACK);
    }

    /// The first segment of another one.
    void writeNew(final int connection) {
        write(NEW_CLIENT + connection, SYN);
    }

    private void write(final int client, final int flags) {
        frames.writeTcp(client, CLIENT_PORT, SERVER, SERVER_PORT, flags);
    }

    /// The segment written last.
    TupleFrames frame() {
        return frames;
    }
}
