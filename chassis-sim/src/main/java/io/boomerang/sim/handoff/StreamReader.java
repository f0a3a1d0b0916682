package io.boomerang.sim.handoff;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicLong;

/// A client's thread: reads the stream of a {@link StreamWriter}, looks at every byte, and knows
/// for how long nothing came.
final class StreamReader implements Runnable {
    private static final int MOST_READ = 1 << 16;

    private final SocketChannel channel;
    private final AtomicLong silenceNs = new AtomicLong();
    private volatile long lastNs = System.nanoTime();
    private volatile long bytes;
    private volatile String fault = "";

    StreamReader(final SocketChannel channel) {
        this.channel = channel;
    }

    @Override
    public void run() {
        final ByteBuffer buffer = ByteBuffer.allocateDirect(MOST_READ);
        long place = 0;
        try {
            while (channel.read(buffer.clear()) >= 0) {
                final long nowNs = System.nanoTime();
                silenceNs.accumulateAndGet(nowNs - lastNs, Math::max);
                lastNs = nowNs;
                for (int i = 0; i < buffer.position(); i++) {
                    if (buffer.get(i) != (byte) (place++ % StreamWriter.PERIOD)) {
                        fault = "a wrong byte at " + (place - 1);
                        return;
                    }
                }
                bytes = place;
            }
        } catch (final IOException e) {
            fault = e.toString();
        }
    }

    void forgetSilence() {
        silenceNs.set(0);
    }

    /// The longest since {@link #forgetSilence}, with one that lasts still.
    long silenceNs() {
        return Math.max(silenceNs.get(), System.nanoTime() - lastNs);
    }

    long bytes() {
        return bytes;
    }

    /// @throws IOException when not just these bytes have come
    void require(final long expected) throws IOException {
        if (!fault.isEmpty() || bytes != expected) {
            throw new IOException(bytes + " of " + expected + " bytes came; " + fault);
        }
    }
}
