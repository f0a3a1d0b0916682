package io.boomerang.redirector.store;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What could be read of one file of sessions whose owner is gone.
///
/// @param records that were whole and made sense
/// @param damaged that were not
/// @param complaint what is wrong with the file; null when nothing is
record StoreContents(long records, long damaged, @Nullable String complaint) {
    /// A process that is killed leaves the record unfinished that it was writing.
    private static final long MOST_TORN = 1;

    /// Recovers the file and shows all its records.
    static StoreContents read(final Path file, final StoreLabel label, final RecordVisitor visitor)
            throws IOException {
        final long bytes = Files.size(file);
        final boolean headIntact = RecordFile.hasItsHead(file, label);
        try (RecordFile records = RecordFile.recover(file, label)) {
            final long[] senseless = new long[1];
            final long[] taken = new long[1];
            final long broken =
                    records.forEach((_, record) -> {
                        if (visitor.onRecord(record)) {
                            taken[0]++;
                        } else {
                            senseless[0]++;
                        }
                    });
            final long damaged = records.lost() + broken + senseless[0];
            return new StoreContents(
                    taken[0], damaged, complaint(label, bytes, headIntact, damaged));
        }
    }

    private static @Nullable String complaint(
            final StoreLabel label,
            final long bytes,
            final boolean headIntact,
            final long damaged) {
        if (bytes != label.fileBytes()) {
            return "has " + bytes + " bytes instead of " + label.fileBytes();
        }
        if (!headIntact) {
            return "its first page is not what it was";
        }
        return damaged <= MOST_TORN ? null : damaged + " records do not fit their checksums";
    }
}
