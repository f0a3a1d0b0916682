package io.boomerang.sim.handoff;

import io.boomerang.sim.capture.PcapNgWriter;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// The packets that a client sends and hears, in a file for Wireshark.
final class ClientTrace implements AutoCloseable {
    /// LINKTYPE_ETHERNET.
    private static final int ETHERNET = 1;

    private final PcapNgWriter writer;
    private final int port;
    private @Nullable IOException failure;

    ClientTrace(final Path file) throws IOException {
        writer = new PcapNgWriter(file, "boomerang demo handoff");
        port = writer.addInterface("client", ETHERNET);
    }

    /// Remembers what goes wrong: packets pass where nobody can be told.
    void write(final MemorySegment frame, final int length, final long nowNs) {
        try {
            if (failure == null) {
                writer.write(port, nowNs, frame, 0, length, length, null);
            }
        } catch (final IOException e) {
            failure = e;
        }
    }

    void throwFailure() throws IOException {
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void close() throws IOException {
        writer.close();
    }
}
