package io.boomerang.handoff.kernel;

/// Lets others pass while it is open.
final class Gate {
    private boolean isClosed;

    synchronized void close() {
        isClosed = true;
    }

    synchronized void open() {
        isClosed = false;
        notifyAll();
    }

    /// Waits until it is open.
    synchronized void pass() throws InterruptedException {
        while (isClosed) {
            wait();
        }
    }
}
