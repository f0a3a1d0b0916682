package io.boomerang.redirector.store;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/// What a file of sessions holds, and whose. A text file beside it, of lines `word value`, the last
/// one a CRC-32C of those before it: so nothing of the file itself has to be believed to judge it.
///
/// @param kind what the records are
/// @param node node id of the owner
/// @param name of the owner, `ingress-1`
/// @param incarnation of the owner that wrote the file, 0 to 65,535
/// @param parametersDigest of the chassis, {@link io.boomerang.cluster.ClusterParameters#digest}
/// @param capacity how many records the file is made for
/// @param recordBytes size of one record
/// @param fileBytes size of the file
/// @param head what the file begins with, in base 64; see {@link RecordFile#HEAD_BYTES}
public record StoreLabel(
        StoreKind kind,
        int node,
        String name,
        int incarnation,
        long parametersDigest,
        long capacity,
        int recordBytes,
        long fileBytes,
        String head) {
    /// Of the label and of the records.
    static final int FORMAT = 1;

    private static final int MOST_BYTES = 16_384;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");

    public StoreLabel {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "node name '"
                            + name
                            + "' is no file name: 1 to 64 letters, digits, '-' and '_'");
        }
    }

    /// Of a file that is yet to be made.
    public StoreLabel(
            final StoreKind kind,
            final int node,
            final String name,
            final int incarnation,
            final long parametersDigest,
            final long capacity,
            final int recordBytes) {
        this(kind, node, name, incarnation, parametersDigest, capacity, recordBytes, 0, "");
    }

    StoreLabel ofFile(final long newFileBytes, final String newHead) {
        return new StoreLabel(
                kind,
                node,
                name,
                incarnation,
                parametersDigest,
                capacity,
                recordBytes,
                newFileBytes,
                newHead);
    }

    /// Why the sessions of `other` are none of this owner's; null when they are.
    @Nullable String objectionTo(final StoreLabel other) {
        if (other.kind != kind) {
            return "holds sessions of a " + other.kind.label() + ", not of a " + kind.label();
        }
        if (other.node != node) {
            return "belongs to node " + other.node + ", not to node " + node;
        }
        if (other.parametersDigest != parametersDigest) {
            return String.format(
                    Locale.ROOT,
                    "belongs to a chassis with cluster parameters %016x, not %016x",
                    other.parametersDigest,
                    parametersDigest);
        }
        if (other.recordBytes != recordBytes) {
            return "has records of " + other.recordBytes + " bytes, not " + recordBytes;
        }
        return null;
    }

    /// Writes the label so that it is there whole or not at all.
    void write(final Path file) throws IOException {
        final String body =
                String.format(
                        Locale.ROOT,
                        """
                        boomerang-sessions %d
                        kind %s
                        node %d
                        name %s
                        incarnation %d
                        parameters %016x
                        capacity %d
                        record-bytes %d
                        file-bytes %d
                        head %s
                        """,
                        FORMAT,
                        kind.label(),
                        node,
                        name,
                        incarnation,
                        parametersDigest,
                        capacity,
                        recordBytes,
                        fileBytes,
                        head);
        final Path unfinished = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(unfinished, body + "checksum " + checksum(body) + "\n");
        Files.move(
                unfinished,
                file,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    /// @throws StoreException when the file is no label, is damaged, or of another format
    static StoreLabel read(final Path file) throws IOException {
        if (Files.size(file) > MOST_BYTES) {
            throw new StoreException(file, "is no label of sessions: larger than 16 KiB");
        }
        final String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        final int end = text.lastIndexOf("checksum ");
        if (end < 0 || !text.substring(end).equals("checksum " + checksum(text, end) + "\n")) {
            throw new StoreException(file, "is damaged: its checksum does not fit");
        }
        final Map<String, String> words = new LinkedHashMap<>();
        text.substring(0, end)
                .lines()
                .forEach(line -> {
                    final int space = line.indexOf(' ');
                    words.put(line.substring(0, Math.max(0, space)), line.substring(space + 1));
                });
        try {
            return parse(file, words);
        } catch (final IllegalArgumentException e) {
            throw new StoreException(file, "is no label of sessions: " + e.getMessage(), e);
        }
    }

    private static StoreLabel parse(final Path file, final Map<String, String> words)
            throws StoreException {
        final String format = word(words, "boomerang-sessions");
        if (!format.equals(Integer.toString(FORMAT))) {
            throw new StoreException(
                    file, "has format " + format + "; this program knows format " + FORMAT);
        }
        return new StoreLabel(
                kind(word(words, "kind")),
                Integer.parseInt(word(words, "node")),
                word(words, "name"),
                Integer.parseInt(word(words, "incarnation")),
                Long.parseUnsignedLong(word(words, "parameters"), 16),
                Long.parseLong(word(words, "capacity")),
                Integer.parseInt(word(words, "record-bytes")),
                Long.parseLong(word(words, "file-bytes")),
                word(words, "head"));
    }

    private static StoreKind kind(final String label) {
        for (final StoreKind kind : StoreKind.values()) {
            if (kind.label().equals(label)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("no kind is called " + label);
    }

    private static String word(final Map<String, String> words, final String word) {
        final String value = words.get(word);
        if (value == null) {
            throw new IllegalArgumentException("'" + word + "' is missing");
        }
        return value;
    }

    private static String checksum(final String body) {
        return checksum(body, body.length());
    }

    private static String checksum(final String text, final int end) {
        final CRC32C crc = new CRC32C();
        crc.update(text.substring(0, end).getBytes(StandardCharsets.ISO_8859_1));
        return String.format(Locale.ROOT, "%08x", crc.getValue());
    }
}
