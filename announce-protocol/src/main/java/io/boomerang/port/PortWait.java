package io.boomerang.port;

import io.boomerang.linux.SystemCalls;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/// Waits until one of several ports has frames, so that a thread with nothing to do leaves its core
/// to others. For one thread.
public final class PortWait implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final SystemCalls calls = new SystemCalls(arena);
    private final MemorySegment set;

    public PortWait(final List<? extends PacketPort> ports) {
        set =
                SystemCalls.pollSet(
                        arena,
                        ports.stream()
                                .map(PacketPort::descriptors)
                                .flatMapToInt(Arrays::stream)
                                .toArray());
    }

    /// Waits for so long at most; answers whether there is something to receive. Called when all
    /// ports have just had nothing: frames not yet given back count as arrived.
    public boolean await(final int timeoutMs) {
        final boolean isReady = calls.poll(set, timeoutMs) > 0;
        if (isReady) {
            // That an interface went down is no frame.
            calls.clearErrors(set);
        }
        return isReady;
    }

    @Override
    public void close() {
        arena.close();
    }
}
