package io.boomerang.redirector.store;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The files of one node in a directory: for each time it opened a file, counted on as generations,
/// `NAME.GENERATION.sessions` with its label `NAME.GENERATION.label`; and `NAME.lock`, held as long
/// as the process lives, which remembers how often the node has started.
final class StoreFiles implements AutoCloseable {
    static final String SESSIONS = ".sessions";
    static final String LABEL = ".label";
    static final String ASIDE = ".set-aside";

    private static final Logger LOG = LogManager.getLogger(StoreFiles.class);
    private static final Pattern SESSIONS_FILE =
            Pattern.compile("([A-Za-z0-9_-]+)\\.(\\d{1,18})\\.sessions");
    private static final Pattern INCARNATION = Pattern.compile("incarnation (\\d{1,5})\\n");

    private final Path directory;
    private final String name;
    private final FileChannel channel;

    private StoreFiles(final Path directory, final String name, final FileChannel channel) {
        this.directory = directory;
        this.name = name;
        this.channel = channel;
    }

    /// Takes the node's files for this process alone.
    ///
    /// @throws StoreException when another process has them
    static StoreFiles open(final Path directory, final String name) throws IOException {
        Files.createDirectories(directory);
        final Path lockFile = directory.resolve(name + ".lock");
        final FileChannel channel =
                FileChannel.open(
                        lockFile,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        try {
            final FileLock lock = channel.tryLock();
            if (lock != null) {
                return new StoreFiles(directory, name, channel);
            }
        } catch (final OverlappingFileLockException e) {
            channel.close();
            throw new StoreException(lockFile, "is in use by this process already", e);
        }
        channel.close();
        throw new StoreException(lockFile, "is in use by another process");
    }

    /// How often the node has started, as far as is written here; 0 when never.
    int lastIncarnation() throws IOException {
        final ByteBuffer bytes = ByteBuffer.allocate(64);
        channel.read(bytes, 0);
        final Matcher text =
                INCARNATION.matcher(
                        new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII));
        int last = text.lookingAt() ? Integer.parseInt(text.group(1)) : 0;
        for (final Path file : generations().values()) {
            try {
                last = Math.max(last, StoreLabel.read(labelOf(file)).incarnation());
            } catch (final IOException e) {
                LOG.debug("sessions without a label file={}", file, e); // said on restoration
            }
        }
        return last;
    }

    void writeIncarnation(final int incarnation) throws IOException {
        final String text = "incarnation " + incarnation + "\n";
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), 0);
    }

    /// The node's files of sessions, the oldest first.
    SortedMap<Long, Path> generations() throws IOException {
        final SortedMap<Long, Path> generations = new TreeMap<>();
        for (final Path file : sessionFiles(directory)) {
            final Matcher parts = SESSIONS_FILE.matcher(file.getFileName().toString());
            if (parts.matches() && parts.group(1).equals(name)) {
                generations.put(Long.parseLong(parts.group(2)), file);
            }
        }
        return generations;
    }

    /// The files of sessions in a directory, whoever's, by name and age.
    static List<Path> sessionFiles(final Path directory) throws IOException {
        final List<Path> files = new ArrayList<>();
        try (Stream<Path> entries = Files.list(directory)) {
            entries.filter(file -> SESSIONS_FILE.matcher(file.getFileName().toString()).matches())
                    .forEach(files::add);
        }
        files.sort((one, other) -> {
            final Matcher a = SESSIONS_FILE.matcher(one.getFileName().toString());
            final Matcher b = SESSIONS_FILE.matcher(other.getFileName().toString());
            if (!a.matches() || !b.matches()) {
                return one.compareTo(other);
            }
            final int byName = a.group(1).compareTo(b.group(1));
            return byName != 0
                    ? byName
                    : Long.compare(Long.parseLong(a.group(2)), Long.parseLong(b.group(2)));
        });
        return files;
    }

    /// Where the next generation goes.
    Path next() throws IOException {
        final SortedMap<Long, Path> generations = generations();
        final long next = generations.isEmpty() ? 1 : generations.lastKey() + 1;
        return directory.resolve(name + "." + next + SESSIONS);
    }

    static Path labelOf(final Path sessionsFile) {
        final String text = sessionsFile.getFileName().toString();
        final String stem =
                text.endsWith(SESSIONS)
                        ? text.substring(0, text.length() - SESSIONS.length())
                        : text;
        return sessionsFile.resolveSibling(stem + LABEL);
    }

    /// Takes a file out of the way without losing it. Of each file only the last one is kept.
    static void setAside(final Path sessionsFile, final String reason) throws IOException {
        final Path aside = moveAside(sessionsFile);
        final Path label = labelOf(sessionsFile);
        if (Files.exists(label)) {
            moveAside(label);
        }
        LOG.warn("sessions set aside file={} as={} reason={}", sessionsFile, aside, reason);
    }

    private static Path moveAside(final Path file) throws IOException {
        return Files.move(
                file,
                file.resolveSibling(file.getFileName() + ASIDE),
                StandardCopyOption.REPLACE_EXISTING);
    }

    static void delete(final Path sessionsFile) throws IOException {
        Files.deleteIfExists(sessionsFile);
        Files.deleteIfExists(labelOf(sessionsFile));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
