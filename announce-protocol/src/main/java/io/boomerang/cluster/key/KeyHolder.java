package io.boomerang.cluster.key;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The key that a process uses now, for all its channels. It can be changed while they are
/// connected: by {@link #replace}, or because the file has changed from which it comes, which a
/// thread of its own looks at each second. A file that is no key any more changes nothing and is
/// told in the log.
public final class KeyHolder implements AutoCloseable {
    private static final int LOOK_INTERVAL_MS = 1_000;

    private static final Logger LOG = LogManager.getLogger(KeyHolder.class);

    private final List<Consumer<ChassisKey>> listeners = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile ChassisKey key;

    /// What a file system tells of a file that has changed.
    private record Stamp(FileTime time, long bytes, Object file) {
        static Stamp of(final Path file) throws IOException {
            final BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            return new Stamp(now.lastModifiedTime(), now.size(), String.valueOf(now.fileKey()));
        }
    }

    private KeyHolder(final ChassisKey key) {
        this.key = key;
    }

    /// Holds a key that comes from no file.
    public static KeyHolder of(final ChassisKey key) {
        return new KeyHolder(key);
    }

    /// Loads the key of a file, and again whenever the file has changed.
    ///
    /// @throws IOException when the file is no key now; the message names it
    public static KeyHolder watch(final Path file, final char[] password) throws IOException {
        final Stamp stamp = Stamp.of(file);
        final KeyHolder holder = new KeyHolder(ChassisKey.load(file, password));
        if (ChassisKey.isOpenToOthers(file)) {
            LOG.warn("chassis key {} may be read by others: chmod 600 {}", file, file);
        }
        final char[] kept = password.clone();
        Thread.ofPlatform()
                .daemon()
                .name("chassis-key")
                .start(() -> holder.look(file, kept, stamp));
        return holder;
    }

    private void look(final Path file, final char[] password, final Stamp loaded) {
        Stamp last = loaded;
        try {
            while (!closed.await(LOOK_INTERVAL_MS, TimeUnit.MILLISECONDS)) {
                last = reload(file, password, last);
            }
        } catch (final InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private Stamp reload(final Path file, final char[] password, final Stamp last) {
        Stamp now = last;
        try {
            now = Stamp.of(file);
            if (!now.equals(last)) {
                replace(ChassisKey.load(file, password));
            }
        } catch (final IOException e) {
            if (!now.equals(last)) {
                LOG.error("the chassis key stays as it was: {}", e.getMessage());
            }
        }
        return now;
    }

    public ChassisKey key() {
        return key;
    }

    /// From now on connections are opened with this key, and those end whose other end it does not
    /// trust.
    public void replace(final ChassisKey newKey) {
        if (newKey.equals(key)) {
            return;
        }
        key = newKey;
        LOG.info("chassis key={} trusts={}", newKey.fingerprint(), newKey.trustedFingerprints());
        listeners.forEach(listener -> listener.accept(newKey));
    }

    void addListener(final Consumer<ChassisKey> listener) {
        listeners.add(listener);
    }

    void removeListener(final Consumer<ChassisKey> listener) {
        listeners.remove(listener);
    }

    /// Looks at the file no more.
    @Override
    public void close() {
        closed.countDown();
    }
}
