package io.boomerang.sim.capture;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;

/// Reads the packets of a capture file one after the other: pcap in all its variants and pcapng,
/// plain or gzip. Memory is a window of 4 MiB whatever the size of the file. Used by one thread at
/// a time, which need not be the one that opened it.
///
/// A damaged file gives all packets before the damage; then {@link #damage()} says what is wrong
/// and where. A file that is no capture at all is refused by the constructor.
public final class CaptureReader implements AutoCloseable {
    private static final ValueLayout.OfInt LE32 =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int MAGIC_BYTES = 4;

    private final CaptureInput input;
    private final CaptureFormat format;

    /// @throws CaptureException with a message for users, when there is nothing to read
    public CaptureReader(final Path file) throws IOException {
        input = new CaptureInput(file);
        try {
            format = detectFormat(file);
        } catch (final IOException e) {
            input.close();
            throw e;
        }
    }

    private CaptureFormat detectFormat(final Path file) throws IOException {
        if (!input.require(MAGIC_BYTES)) {
            throw new CaptureException(
                    file,
                    input.available() == 0
                            ? "is empty"
                            : "is no capture file: it has only " + input.available() + " bytes");
        }
        final int firstWord = input.window().get(LE32, input.position());
        if (PcapFormat.isMagic(firstWord)) {
            return new PcapFormat(input, firstWord);
        }
        if (firstWord == PcapNgFormat.SECTION_HEADER) {
            return new PcapNgFormat(input);
        }
        throw new CaptureException(
                file,
                String.format(
                        "is no capture file: it begins with %08x, neither pcap nor pcapng",
                        Integer.reverseBytes(firstWord)));
    }

    /// Moves to the next packet, whose bytes stay until the next call. False when there is none.
    public boolean next(final CapturedPacket into) throws IOException {
        return format.next(into);
    }

    /// What ended the reading before the end of the file; null when all of it was read.
    public @Nullable CaptureDamage damage() {
        return format.damage();
    }

    /// Bytes of the file, as it lies on the disk, that were taken in so far: for progress.
    public long consumedBytes() throws IOException {
        return input.consumedBytes();
    }

    /// Size of the file on the disk; 0 for a pipe.
    public long sizeBytes() throws IOException {
        return input.sizeBytes();
    }

    @Override
    public void close() throws IOException {
        input.close();
    }
}
