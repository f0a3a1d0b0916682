package io.boomerang.node;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// Counts how often a node has started, across restarts of its machine: what an earlier incarnation
/// has said is not believed any more. The file holds the number of the last start, in decimal.
final class IncarnationFile {
    private static final int MASK = 0xFFFF;
    private static final int MOST_BYTES = 16;

    private IncarnationFile() {}

    /// The incarnation of the node that starts now, 0 to 65,535, around. It is on the disk when
    /// this returns.
    ///
    /// @throws IOException when the directory cannot be written to or the file holds something else
    static int next(final Path directory, final String node) throws IOException {
        Files.createDirectories(directory);
        final Path file = directory.resolve(node + ".incarnation");
        final int next = last(file) + 1 & MASK;
        final Path written = directory.resolve(node + ".incarnation.new");
        try (FileChannel channel =
                FileChannel.open(
                        written,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            final ByteBuffer text =
                    ByteBuffer.wrap((next + "\n").getBytes(StandardCharsets.US_ASCII));
            while (text.hasRemaining()) {
                channel.write(text);
            }
            channel.force(true);
        }
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
        return next;
    }

    private static int last(final Path file) throws IOException {
        final String text;
        try {
            text = Files.size(file) > MOST_BYTES ? "" : Files.readString(file).strip();
        } catch (final NoSuchFileException _) {
            return -1;
        }
        if (!text.matches("\\d{1,5}") || Integer.parseInt(text) > MASK) {
            throw new IOException(
                    file + " does not hold a number of 0 to 65535; remove it to begin anew");
        }
        return Integer.parseInt(text);
    }
}
