package io.boomerang.redirector.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/// A look at a file of sessions whose owner may be running. It is taken of a copy: a lock in the
/// file that a reader took and died with would make its owner wait. A record that was being written
/// while it was copied is left out.
///
/// @param file that was looked at
/// @param label whose it is
public record StoreSnapshot(Path file, StoreLabel label) {
    /// The files of sessions at a path: itself, or those in the directory.
    ///
    /// @throws StoreException when there are none
    public static List<Path> filesAt(final Path path) throws IOException {
        if (!Files.exists(path)) {
            throw new NoSuchFileException(path.toString());
        }
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        final List<Path> files = StoreFiles.sessionFiles(path);
        if (files.isEmpty()) {
            throw new StoreException(path, "holds no files of sessions");
        }
        return files;
    }

    /// A look at one file; nothing of it but its label is read yet.
    ///
    /// @throws StoreException when this is no file of sessions
    public static StoreSnapshot of(final Path file) throws IOException {
        final Path label = StoreFiles.labelOf(file);
        if (!file.getFileName().toString().endsWith(StoreFiles.SESSIONS)) {
            throw new StoreException(file, "is no file of sessions");
        }
        if (!Files.exists(label)) {
            throw new StoreException(
                    file, "is no file of sessions: it has no label, " + label.getFileName());
        }
        return new StoreSnapshot(file, StoreLabel.read(label));
    }

    /// Shows all records that are whole; answers how many were not.
    public long read(final RecordVisitor visitor) throws IOException {
        final Path copy = Files.createTempFile("boomerang-", StoreFiles.SESSIONS);
        try {
            Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
            return StoreContents.read(copy, label, visitor).damaged();
        } finally {
            Files.delete(copy);
        }
    }
}
