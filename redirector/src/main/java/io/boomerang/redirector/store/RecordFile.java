package io.boomerang.redirector.store;

import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Pattern;

/// One file of records, slot number to record; the only class that sees Chronicle Map.
///
/// Records have one size and are keyed by the slot of the table they come from, so a changed
/// session overwrites its old record in place and the file never holds more records than the table
/// slots. What is written survives the end of the process at once, and that of the machine when the
/// kernel has written it to the disk.
///
/// Belongs to one thread, and its file to one process.
final class RecordFile implements AutoCloseable {
    /// Hears every record that is whole.
    @FunctionalInterface
    interface Visitor {
        /// A record is whole; it is valid during the call.
        void onRecord(long slot, byte[] record);
    }

    /// Layout and counters of the whole file stand in its first page, which does not change after
    /// the file was made. The library believes them, whatever they say: it takes as much of the
    /// disk as they ask for. So they are kept in the label, too, and put back before a recovery.
    static final int HEAD_BYTES = 4_096;

    /// What the library finds in every file whose owner was killed while it wrote, and repairs.
    private static final Pattern LEFT_BY_A_KILL =
            Pattern.compile("^(lock of segment|Wrong number of entries|wrong lowest free chunk)");

    /// Slots spread over the parts of the file as chance will have it. With an eighth more room
    /// than there can be records no part ever needs to grow, and the size of the file stays.
    private static final int SPARE_SHARE = 8;

    private final ChronicleMap<Long, byte[]> map;
    private final Path file;
    private final RecordSeal seal;
    private final int recordBytes;
    private final long lost;

    private RecordFile(
            final ChronicleMap<Long, byte[]> map,
            final Path file,
            final StoreLabel label,
            final long lost) {
        this.map = map;
        this.file = file;
        this.lost = lost;
        recordBytes = label.recordBytes();
        seal = new RecordSeal(label);
    }

    /// An empty file. What is at this path must not exist.
    static RecordFile create(final Path file, final StoreLabel label) throws IOException {
        try {
            return new RecordFile(builder(label).createPersistedTo(file.toFile()), file, label, 0);
        } catch (final ExceptionInInitializerError | NoClassDefFoundError e) {
            throw new StoreException(
                    file,
                    "cannot be created: Chronicle Map needs the options --add-exports and"
                            + " --add-opens that the manifest of the boomerang jar names",
                    e);
        } catch (final RuntimeException e) {
            throw new StoreException(file, "cannot be created: " + e.getMessage(), e);
        }
    }

    /// Opens a file whose owner is gone, however it went: frees its locks, and drops the records
    /// that do not fit the checksums of the file. Nobody else may use the file meanwhile.
    static RecordFile recover(final Path file, final StoreLabel label) throws IOException {
        restoreHead(file, label);
        final long[] lost = new long[1];
        try {
            final ChronicleMap<Long, byte[]> map =
                    builder(label)
                            .recoverPersistedTo(
                                    file.toFile(),
                                    true,
                                    damage -> {
                                        if (!LEFT_BY_A_KILL.matcher(damage.message()).find()) {
                                            lost[0]++;
                                        }
                                    });
            return new RecordFile(map, file, label, lost[0]);
        } catch (final RuntimeException | IOException | Error e) {
            // The library meets a file that makes no sense with whatever it stumbles over first.
            throw new StoreException(file, "cannot be recovered: " + e, e);
        }
    }

    private static void restoreHead(final Path file, final StoreLabel label) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(label.fileBytes());
            final ByteBuffer head = ByteBuffer.wrap(headBytes(file, label));
            while (head.hasRemaining()) {
                channel.write(head, head.position());
            }
        }
    }

    /// Whether the file still begins as it was made.
    static boolean hasItsHead(final Path file, final StoreLabel label) throws IOException {
        return headOf(file).equals(label.head());
    }

    /// The first page of a file, in base 64, without the zeros at its end.
    static String headOf(final Path file) throws IOException {
        final byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(HEAD_BYTES);
        }
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] == 0) {
            end--;
        }
        return Base64.getEncoder().encodeToString(Arrays.copyOf(bytes, end));
    }

    private static byte[] headBytes(final Path file, final StoreLabel label) throws StoreException {
        try {
            return Arrays.copyOf(Base64.getDecoder().decode(label.head()), HEAD_BYTES);
        } catch (final IllegalArgumentException e) {
            throw new StoreException(file, "has a label whose head is not base 64", e);
        }
    }

    private static ChronicleMapBuilder<Long, byte[]> builder(final StoreLabel label) {
        // Read when its first class is loaded; by default it reports its use over the network.
        System.setProperty("chronicle.analytics.disable", "true");
        System.setProperty("chronicle.announcer.disable", "true");
        // Its own hook would close the map while a daemon that is told to end still drains.
        return ChronicleMapBuilder.of(Long.class, byte[].class)
                .name("boomerang-sessions")
                .skipCloseOnExitHook(true)
                .entries(label.capacity() + label.capacity() / SPARE_SHARE)
                .constantValueSizeBySample(new byte[label.recordBytes()]);
    }

    /// Seals the record and writes it.
    void put(final long slot, final byte[] record) throws StoreException {
        seal.seal(slot, record);
        try {
            map.put(slot, record);
        } catch (final RuntimeException e) {
            throw new StoreException(file, "cannot be written: " + e.getMessage(), e);
        }
    }

    void remove(final long slot) throws StoreException {
        try {
            map.remove(slot);
        } catch (final RuntimeException e) {
            throw new StoreException(file, "cannot be written: " + e.getMessage(), e);
        }
    }

    /// Shows every record that is whole; answers how many were not.
    long forEach(final Visitor visitor) throws StoreException {
        final long[] damaged = new long[1];
        try {
            map.forEach((slot, record) -> {
                if (record.length == recordBytes && seal.isIntact(slot, record)) {
                    visitor.onRecord(slot, record);
                } else {
                    damaged[0]++;
                }
            });
        } catch (final RuntimeException e) {
            throw new StoreException(file, "cannot be read: " + e.getMessage(), e);
        }
        return damaged[0];
    }

    /// Records that the recovery found damaged and took out.
    long lost() {
        return lost;
    }

    @Override
    public void close() {
        map.close();
    }
}
