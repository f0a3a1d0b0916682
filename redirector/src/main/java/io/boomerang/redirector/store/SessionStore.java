package io.boomerang.redirector.store;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// The sessions of one node on disk.
///
/// At the start, before the node takes part in the chassis, {@link #restore} reads what the last
/// process left, however it ended. From then on a thread of the store's own calls {@link #round},
/// which brings the file up to the table. Files are never written to by two processes: each start
/// begins a new one, and the old ones go when it holds everything. A file that cannot be written is
/// given up in the same way, so a full disk costs durability only for as long as it lasts.
///
/// One thread at a time, but for {@link #counters}.
public final class SessionStore implements AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(SessionStore.class);

    /// How long a store that failed waits before it begins a new file.
    static final long REPAIR_INTERVAL_MS = 5_000;

    private final StoreFiles files;
    private final int incarnation;
    private final List<Path> old = new ArrayList<>();
    private final List<Path> damagedFiles = new ArrayList<>();

    private @Nullable SlotSource source;
    private @Nullable StoreLabel label;
    private @Nullable StoreWriter writer;
    private @Nullable Path file;
    private boolean complete;
    private long repairAtMs;

    private final AtomicLong rounds = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private volatile long written;
    private volatile long removed;
    private volatile long busy;
    private volatile long upToMs;

    private SessionStore(final StoreFiles files, final int incarnation) {
        this.files = files;
        this.incarnation = incarnation;
    }

    /// Takes the node's files in a directory, which is made if it is not there.
    ///
    /// @throws StoreException when another process has them
    public static SessionStore open(final Path directory, final String name) throws IOException {
        final StoreFiles files = StoreFiles.open(directory, name);
        try {
            final int incarnation = files.lastIncarnation() + 1 & 0xFFFF;
            files.writeIncarnation(incarnation);
            return new SessionStore(files, incarnation);
        } catch (final IOException | RuntimeException e) {
            files.close();
            throw e;
        }
    }

    /// How often the node has started with these files, this time included.
    public int incarnation() {
        return incarnation;
    }

    /// Shows all sessions that earlier processes of this node left, the oldest file first: newer
    /// records of a flow come later or not at all.
    ///
    /// @param owner whose files they have to be
    public Restoration restore(final StoreLabel owner, final RecordVisitor visitor)
            throws IOException {
        long records = 0;
        long damaged = 0;
        final List<String> setAside = new ArrayList<>();
        for (final Path candidate : files.generations().values()) {
            try {
                final StoreLabel found = readLabel(candidate, owner);
                final StoreContents contents = StoreContents.read(candidate, found, visitor);
                records += contents.records();
                damaged += contents.damaged();
                old.add(candidate);
                if (contents.complaint() != null) {
                    damagedFiles.add(candidate);
                    LOG.warn(
                            "sessions damaged file={} recovered={} damaged={} reason={}",
                            candidate,
                            contents.records(),
                            contents.damaged(),
                            contents.complaint());
                }
            } catch (final StoreException e) {
                setAside.add(String.valueOf(e.getMessage()));
                StoreFiles.setAside(candidate, String.valueOf(e.getMessage()));
            }
        }
        return new Restoration(records, damaged, setAside);
    }

    private static StoreLabel readLabel(final Path candidate, final StoreLabel owner)
            throws IOException {
        final Path labelFile = StoreFiles.labelOf(candidate);
        if (!Files.exists(labelFile)) {
            throw new StoreException(candidate, "has no label, " + labelFile.getFileName());
        }
        final StoreLabel found = StoreLabel.read(labelFile);
        final String objection = owner.objectionTo(found);
        if (objection != null) {
            throw new StoreException(candidate, objection);
        }
        return found;
    }

    /// Begins a new file, for what the table of `slots` holds from now on.
    ///
    /// @param owner whose file it is
    public void begin(final SlotSource slots, final StoreLabel owner, final long wallMs)
            throws IOException {
        source = slots;
        label = owner;
        upToMs = wallMs;
        beginFile(slots, owner);
    }

    private void beginFile(final SlotSource slots, final StoreLabel owner) throws IOException {
        final Path next = files.next();
        final RecordFile records = RecordFile.create(next, owner);
        try {
            owner.ofFile(Files.size(next), RecordFile.headOf(next)).write(StoreFiles.labelOf(next));
        } catch (final IOException e) {
            records.close();
            throw e;
        }
        file = next;
        writer = new StoreWriter(records, slots);
        complete = false;
    }

    /// Brings the file up to the table.
    ///
    /// @param nodeNs the time of the table's owner
    /// @param wallMs the same moment in milliseconds since 1970
    public void round(final long nodeNs, final long wallMs) {
        try {
            StoreWriter now = writer;
            if (now == null) {
                if (source == null || label == null || wallMs - repairAtMs < 0) {
                    return;
                }
                beginFile(source, label);
                now = writer;
            }
            if (now != null) {
                now.round(nodeNs, wallMs);
                onRound(now, wallMs);
            }
        } catch (final IOException | RuntimeException e) {
            giveUp(e, wallMs);
        }
    }

    private void onRound(final StoreWriter done, final long wallMs) throws IOException {
        upToMs = wallMs;
        rounds.incrementAndGet();
        written = done.written();
        removed = done.removed();
        busy = done.busy();
        if (!complete) {
            complete = true;
            retireOld();
        }
    }

    /// The new file holds what the old ones did.
    private void retireOld() throws IOException {
        for (final Path retired : old) {
            if (damagedFiles.contains(retired)) {
                StoreFiles.setAside(retired, "what could be read of it is in the new file");
            } else {
                StoreFiles.delete(retired);
            }
        }
        old.clear();
        damagedFiles.clear();
    }

    /// What the file holds already stays until a new one holds all.
    private void giveUp(final Exception reason, final long wallMs) {
        failures.incrementAndGet();
        repairAtMs = wallMs + REPAIR_INTERVAL_MS;
        LOG.warn("sessions not written file={} reason={}", file, String.valueOf(reason));
        final StoreWriter failed = writer;
        writer = null;
        if (failed != null) {
            failed.close();
        }
        if (file != null) {
            old.add(file);
            file = null;
        }
    }

    /// From any thread.
    ///
    /// @param wallMs the time, in milliseconds since 1970
    public StoreCounters counters(final long wallMs) {
        return new StoreCounters(
                rounds.get(), written, removed, busy, failures.get(), Math.max(0, wallMs - upToMs));
    }

    /// Ends without another round.
    @Override
    public void close() throws IOException {
        if (writer != null) {
            writer.close();
            writer = null;
        }
        files.close();
    }
}
