package io.boomerang.flow;

import java.util.HexFormat;

/// The secret key of a hash of flows. Any two words; not shown in texts.
///
/// @param word0 first half
/// @param word1 second half
public record HashKey(long word0, long word1) {
    /// Reads 32 hexadecimal digits, as `openssl rand -hex 16` makes them.
    ///
    /// @throws IllegalArgumentException when they are something else; not with the text, which is a
    ///   secret but for its mistake
    public static HashKey parse(final String text) {
        if (!text.matches("[0-9a-fA-F]{32}")) {
            throw new IllegalArgumentException(
                    "a hash key has 32 hexadecimal digits, as from openssl rand -hex 16");
        }
        return new HashKey(
                HexFormat.fromHexDigitsToLong(text, 0, 16),
                HexFormat.fromHexDigitsToLong(text, 16, 32));
    }

    /// Without the words, which are a secret.
    @Override
    public String toString() {
        return "HashKey[...]";
    }
}
