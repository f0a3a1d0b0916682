package io.boomerang.sim.capture;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// A window of fixed size that slides over the bytes of a file, unpacking gzip on the way. Used by
/// one thread at a time. Compressed data that is damaged or cut short counts as the end of the
/// file, and as damage there.
final class CaptureInput implements AutoCloseable {
    static final int CAPACITY_BYTES = 4 << 20;

    private static final int MAGIC_BYTES = 2;
    private static final int GZIP_MAGIC = 0x1F8B;
    private static final int COMPRESSED_CHUNK_BYTES = 64 << 10;

    private final Path file;
    private final FileChannel channel;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment window = arena.allocate(CAPACITY_BYTES, 64);
    private final ByteBuffer windowBytes = window.asByteBuffer();

    private @Nullable InputStream unpacked;
    private byte[] unpackedChunk = new byte[0];
    private @Nullable String compressionProblem;

    private long windowOffset;
    private int position;
    private int limit;
    private boolean atEnd;

    CaptureInput(final Path file) throws CaptureException {
        this.file = file;
        if (Files.isDirectory(file)) {
            arena.close();
            throw new CaptureException(file, "is a directory, not a capture file");
        }
        FileChannel opened = null;
        try {
            opened = FileChannel.open(file, StandardOpenOption.READ);
            channel = opened;
            detectCompression();
        } catch (final IOException e) {
            close(opened);
            throw e instanceof CaptureException known
                    ? known
                    : new CaptureException(file, "cannot be read: " + reason(e), e);
        }
    }

    private void close(final @Nullable FileChannel opened) {
        arena.close();
        if (opened != null) {
            try {
                opened.close();
            } catch (final IOException _) {
                // The file was open for reading only: nothing is lost.
            }
        }
    }

    private static String reason(final IOException e) {
        return e instanceof NoSuchFileException ? "no such file" : String.valueOf(e.getMessage());
    }

    private void detectCompression() throws IOException {
        while (limit < MAGIC_BYTES && !atEnd) {
            fill(COMPRESSED_CHUNK_BYTES);
        }
        if (limit < MAGIC_BYTES || magic() != GZIP_MAGIC) {
            return;
        }
        final byte[] start = new byte[limit];
        windowBytes.get(0, start);
        limit = 0;
        atEnd = false;
        unpackedChunk = new byte[COMPRESSED_CHUNK_BYTES];
        final InputStream packed =
                new SequenceInputStream(
                        new ByteArrayInputStream(start), Channels.newInputStream(channel));
        try {
            unpacked = new GZIPInputStream(packed, COMPRESSED_CHUNK_BYTES);
        } catch (final EOFException | ZipException e) {
            throw new CaptureException(file, "is cut short or damaged in its gzip header", e);
        }
    }

    private int magic() {
        return (windowBytes.get(0) & 0xFF) << 8 | windowBytes.get(1) & 0xFF;
    }

    MemorySegment window() {
        return window;
    }

    /// Where in the window the unread bytes begin.
    int position() {
        return position;
    }

    /// The same place in the uncompressed file.
    long offset() {
        return windowOffset + position;
    }

    /// How many unread bytes are in the window now.
    int available() {
        return limit - position;
    }

    /// Bytes of the file, as it lies on the disk, that were taken in so far; 0 for a pipe.
    long consumedBytes() throws IOException {
        return Files.isRegularFile(file) ? channel.position() : 0;
    }

    /// Size of the file on the disk; 0 for a pipe.
    long sizeBytes() throws IOException {
        return Files.isRegularFile(file) ? channel.size() : 0;
    }

    /// Damage at the first unread byte: `problem`, or what is wrong with the compressed data, or
    /// both; null when neither is there.
    @Nullable CaptureDamage damage(final @Nullable String problem) {
        if (problem == null && compressionProblem == null) {
            return null;
        }
        if (problem == null || compressionProblem == null) {
            return new CaptureDamage(
                    offset(), problem == null ? String.valueOf(compressionProblem) : problem);
        }
        return new CaptureDamage(offset(), problem + "; " + compressionProblem);
    }

    /// Makes `count` unread bytes available in the window, which may move; answers false when the
    /// file has fewer. At most {@link #CAPACITY_BYTES}.
    boolean require(final int count) throws IOException {
        return limit - position >= count || refill(count);
    }

    private boolean refill(final int count) throws IOException {
        slide();
        while (limit < count && !atEnd) {
            fill(CAPACITY_BYTES);
        }
        return limit >= count;
    }

    private void slide() {
        if (position > 0) {
            MemorySegment.copy(window, position, window, 0, limit - position);
            windowOffset += position;
            limit -= position;
            position = 0;
        }
    }

    private void fill(final int end) throws IOException {
        final int read = unpacked == null ? readPlain(end) : readPacked(unpacked, end);
        if (read < 0) {
            atEnd = true;
        } else {
            limit += read;
        }
    }

    private int readPlain(final int end) throws IOException {
        return channel.read(windowBytes.limit(end).position(limit));
    }

    private int readPacked(final InputStream source, final int end) throws IOException {
        try {
            final int read =
                    source.read(unpackedChunk, 0, Math.min(unpackedChunk.length, end - limit));
            if (read > 0) {
                windowBytes.limit(end).put(limit, unpackedChunk, 0, read);
            }
            return read;
        } catch (final EOFException _) {
            compressionProblem = "the gzip data is cut short here";
            return -1;
        } catch (final ZipException e) {
            compressionProblem = "the gzip data is damaged here (" + e.getMessage() + ")";
            return -1;
        }
    }

    /// Passes over `count` bytes that {@link #require} has made available.
    void advance(final int count) {
        position += count;
    }

    /// Passes over `total` bytes, more than the window may hold, and keeps the first `kept` of
    /// them, which {@link #require} has made available, at the start of the window. Answers false
    /// when the file has fewer than `total`.
    boolean advanceKeeping(final int kept, final long total) throws IOException {
        slide();
        final long end = windowOffset + total;
        if (limit >= total) {
            position = (int) total;
            return true;
        }
        windowOffset += limit - kept;
        limit = kept;
        while (windowOffset + limit < end && !atEnd) {
            final long missing = end - windowOffset - limit;
            fill((int) Math.min(CAPACITY_BYTES, kept + missing));
            windowOffset += limit - kept;
            limit = kept;
        }
        position = kept;
        return windowOffset + limit >= end;
    }

    @Override
    public void close() throws IOException {
        try (arena;
                channel) {
            if (unpacked != null) {
                unpacked.close();
            }
        }
    }
}
