package io.boomerang.port;

import java.util.List;

/// A bump in the wire: frames of each port leave by the other one as they came, until it is closed.
final class Bump implements AutoCloseable {
    private static final int BURST = 64;
    private static final int WAIT_MS = 20;

    private final PacketPort left;
    private final PacketPort right;
    private final FrameBurst burst = new FrameBurst(BURST);
    private final Thread thread = new Thread(this::run, "bump");
    private volatile boolean isRunning = true;

    Bump(final PacketPort left, final PacketPort right) {
        this.left = left;
        this.right = right;
        thread.start();
    }

    private void run() {
        try (PortWait wait = new PortWait(List.of(left, right))) {
            while (isRunning) {
                if (pass(left, right) + pass(right, left) == 0) {
                    wait.await(WAIT_MS);
                }
            }
        }
    }

    private int pass(final PacketPort from, final PacketPort to) {
        final int count = from.receive(burst);
        for (int i = 0; i < count; i++) {
            to.transmit(burst.segment(i), burst.offset(i), burst.length(i));
        }
        to.flush();
        return count;
    }

    /// Ends the thread; the ports stay open.
    @Override
    public void close() {
        isRunning = false;
        try {
            thread.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
