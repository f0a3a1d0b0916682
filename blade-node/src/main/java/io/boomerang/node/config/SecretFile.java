package io.boomerang.node.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.HexFormat;
import java.util.Set;

/// A file that holds a secret of 128 bits as 32 hexadecimal digits, as `openssl rand -hex 16` makes
/// them.
///
/// @param word0 the first eight bytes, little-endian
/// @param word1 the others
record SecretFile(long word0, long word1) {
    private static final int DIGITS = 32;
    private static final int MOST_BYTES = 64;

    /// @throws IOException when the file cannot be read, or others may read it, or it holds
    ///   something else; the message is for people and never has a part of the secret
    static SecretFile read(final Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(file + " is no file");
        }
        if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
            final Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (permissions.contains(PosixFilePermission.OTHERS_READ)
                    || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
                throw new IOException(
                        file + " may be read or written by everybody; chmod 600 would help");
            }
        }
        if (!Files.isReadable(file)) {
            throw new IOException(file + " cannot be read");
        }
        final String text = Files.size(file) > MOST_BYTES ? "" : Files.readString(file).strip();
        if (text.length() != DIGITS || !text.chars().allMatch(HexFormat::isHexDigit)) {
            throw new IOException(
                    file + " does not hold 32 hexadecimal digits, as openssl rand -hex 16 makes");
        }
        final ByteBuffer bytes =
                ByteBuffer.wrap(HexFormat.of().parseHex(text)).order(ByteOrder.LITTLE_ENDIAN);
        return new SecretFile(bytes.getLong(), bytes.getLong());
    }

    /// The secret as the file has it, in lower case.
    String hexDigits() {
        final HexFormat hex = HexFormat.of();
        return hex.toHexDigits(Long.reverseBytes(word0))
                + hex.toHexDigits(Long.reverseBytes(word1));
    }

    /// Without the secret.
    @Override
    public String toString() {
        return "SecretFile";
    }
}
